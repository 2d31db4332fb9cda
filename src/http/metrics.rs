//! What Prometheus asks for: requests by route template, method and status, their latency, the pools, and the search index.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::db::Db;
use crate::search::{Keeper, Standing};

/// The media type of the exposition.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

/// The metrics of a process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    latency: Family<Route, Histogram, fn() -> Histogram>,
}

impl Metrics {
    /// Metrics of requests, of a database's pools and of a search index.
    pub fn new(db: Db, search: Arc<Keeper>) -> Self {
        let mut registry = Registry::with_prefix("solmu");
        let requests = Family::default();
        let latency = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time from the head of a request to that of its answer",
            latency.clone(),
        );
        registry.register_collector(Box::new(Pools(db)));
        registry.register_collector(Box::new(Search(search)));
        Self { registry, requests, latency }
    }

    /// Counts a request. Paths that are no route are counted together, so that nobody fills the memory with them.
    pub fn count(&self, method: &str, route: Option<&str>, status: u16, took: Duration) {
        let route = route.unwrap_or("(none)").to_owned();
        let method = match method {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "PATCH" => "PATCH",
            "DELETE" => "DELETE",
            "OPTIONS" => "OPTIONS",
            _ => "(other)",
        };
        self.latency.get_or_create(&Route { method, route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// The exposition.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}

/// Asks the pools when it is asked.
struct Pools(Db);

impl std::fmt::Debug for Pools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pools")
    }
}

impl Collector for Pools {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let pools = self.0.pools();
        for (name, help) in [("open", "Connections open"), ("idle", "Of them, idle"), ("max", "The most there may be")]
        {
            let name_of_metric = format!("db_connections_{name}");
            let mut metric = encoder.encode_descriptor(&name_of_metric, help, None, MetricType::Gauge)?;
            for pool in &pools {
                let value = match name {
                    "open" => pool.open,
                    "idle" => pool.idle,
                    _ => pool.max,
                };
                ConstGauge::new(i64::from(value)).encode(metric.encode_family(&[("pool", pool.name)])?)?;
            }
        }
        Ok(())
    }
}

/// Asks the keeper of the index when it is asked. It counts everything, whoever may see it: for those who run the service.
struct Search(Arc<Keeper>);

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Search")
    }
}

impl Collector for Search {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let (documents, bytes) = (self.0.documents().unwrap_or_default(), self.0.size());
        let is_current = u64::from(self.0.progress().standing == Standing::Current);
        let gauges = [
            ("search_documents", "Documents in the search index, whoever may see them", documents),
            ("search_index_bytes", "What the search index takes on the disk", bytes),
            ("search_current", "1 while the search index follows the change log", is_current),
        ];
        for (name, help, value) in gauges {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)).encode(metric)?;
        }
        Ok(())
    }
}
