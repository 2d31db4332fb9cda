//! How much one caller may ask: a bucket of tokens each, that fills again by itself (draft-ietf-httpapi-ratelimit-headers,
//! version 10). Each copy of the service counts for itself.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::messages::Code;
use super::problem::{Kind, Problem};
use crate::config::RateLimit;

/// What is left to the caller.
pub const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What each caller has.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Buckets that are kept, at most: then those without a token share one, until some have filled.
const MOST: usize = 100_000;

/// How often full buckets are forgotten.
const SWEEP: Duration = Duration::from_secs(10);

/// Whose bucket it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    /// Of a token, by the internal id.
    Caller(Arc<str>),
    /// Without one, by the address; that of a network, where one household or attacker has a network.
    Address(IpAddr),
    /// Those for whom there is no room.
    Others,
}

type Buckets = RateLimiter<Who, HashMapStateStore<Who>, DefaultClock, StateInformationMiddleware>;

/// The buckets.
pub struct Limits {
    buckets: Buckets,
    /// How long one request takes to come back.
    interval: Duration,
    policy: HeaderValue,
    proxies: usize,
}

/// What is left after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Requests that may be sent at once.
    requests: u32,
    /// Seconds until there is one more.
    more_in: u64,
    /// Whether this request was one too many.
    is_over: bool,
}

impl Limits {
    /// As configured; `None` where there is no limit.
    pub fn new(config: &RateLimit) -> Option<Self> {
        let (rate, burst) = (NonZeroU32::new(config.rate_limit)?, NonZeroU32::new(config.rate_burst)?);
        let quota = Quota::per_minute(rate).allow_burst(burst);
        let interval = quota.replenish_interval();
        let window = seconds(interval.saturating_mul(burst.get()));
        Some(Self {
            buckets: RateLimiter::hashmap(quota).with_middleware(),
            interval,
            policy: HeaderValue::from_str(&format!("\"caller\";q={burst};w={window}")).ok()?,
            proxies: usize::from(config.proxies),
        })
    }

    /// Counts a request of a caller's, or, without one, of the address that it came from.
    pub fn take(&self, request: &HttpRequest, caller: Option<&Arc<str>>) -> Left {
        let who = match caller {
            Some(id) => Who::Caller(Arc::clone(id)),
            None if self.buckets.len() < MOST => self.address(request).map_or(Who::Others, Who::Address),
            None => Who::Others,
        };
        match self.buckets.check_key(&who) {
            Ok(state) => {
                let requests = state.remaining_burst_capacity();
                Left { requests, more_in: seconds(self.interval), is_over: false }
            }
            Err(until) => {
                let wait = until.wait_time_from(self.buckets.clock().now());
                Left { requests: 0, more_in: seconds(wait), is_over: true }
            }
        }
    }

    /// The address that a request came from, behind so many proxies: each adds at the end whom it was asked by, and what
    /// the caller wrote there itself comes before.
    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
        let index = forwarded.len().checked_sub(self.proxies);
        // None where there is no proxy: the index is then behind the last. Some write the port, too.
        let named = index
            .and_then(|index| forwarded.get(index))
            .and_then(|text| text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip())));
        named.or_else(|| Some(request.peer_addr()?.ip())).map(network)
    }

    /// Says what is left, in an answer's headers.
    pub fn write_headers(&self, left: Left, headers: &mut HeaderMap) {
        let text = format!("\"caller\";r={};t={}", left.requests, left.more_in);
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(LIMIT, value);
            headers.insert(POLICY, self.policy.clone());
        }
    }

    /// Forgets the buckets that are full, until the service ends: callers come and go.
    pub async fn work(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
    }
}

impl Left {
    /// 429, where it was one too many.
    pub fn problem(self) -> Option<Problem> {
        let problem =
            || Problem::new(Kind::TooManyRequests, Code::TooManyRequests.with("seconds", self.more_in.to_string()));
        self.is_over.then(|| problem().header(RETRY_AFTER, HeaderValue::from(self.more_in)))
    }
}

/// Whole seconds, one at least.
fn seconds(time: Duration) -> u64 {
    (time.as_millis().div_ceil(1000) as u64).max(1)
}

/// The address itself, or the network that an IPv6 address is in: whoever has one there has all of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn limits(rate_limit: u32, rate_burst: u32, proxies: u8) -> Limits {
        Limits::new(&RateLimit { rate_limit, rate_burst, proxies }).unwrap()
    }

    fn from(address: &str, forwarded: &str) -> HttpRequest {
        let peer = SocketAddr::new(address.parse().unwrap(), 1);
        TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-for", forwarded)).to_http_request()
    }

    #[test]
    fn a_bucket_empties_and_says_so() {
        let limits = limits(30, 2, 0);
        let mut headers = HeaderMap::new();
        let takes: Vec<Left> = (0..3).map(|_| limits.take(&from("192.0.2.1", ""), None)).collect();
        assert_eq!(takes[0], Left { requests: 1, more_in: 2, is_over: false });
        assert_eq!(takes[1], Left { requests: 0, more_in: 2, is_over: false });
        assert!(takes[2].is_over && takes[2].problem().is_some() && takes[0].problem().is_none());
        limits.write_headers(takes[0], &mut headers);
        assert_eq!(headers.get(LIMIT).unwrap(), "\"caller\";r=1;t=2");
        assert_eq!(headers.get(POLICY).unwrap(), "\"caller\";q=2;w=4");
        // Another's is another.
        assert!(!limits.take(&from("192.0.2.2", ""), None).is_over);
        assert!(!limits.take(&from("192.0.2.1", ""), Some(&"caller".into())).is_over);
    }

    #[test]
    fn an_address_is_the_one_that_the_outermost_proxy_saw() {
        let seen =
            |proxies, peer, forwarded| limits(1, 1, proxies).address(&from(peer, forwarded)).unwrap().to_string();
        assert_eq!(seen(0, "192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(seen(1, "192.0.2.1", "203.0.113.9, 198.51.100.7"), "198.51.100.7");
        assert_eq!(seen(2, "192.0.2.1", "203.0.113.9, 198.51.100.7"), "203.0.113.9");
        assert_eq!(seen(3, "192.0.2.1", "203.0.113.9, 198.51.100.7"), "192.0.2.1");
        assert_eq!(seen(1, "192.0.2.1", "203.0.113.9:4711"), "203.0.113.9");
        assert_eq!(seen(1, "192.0.2.1", "nonsense"), "192.0.2.1");
        assert_eq!(seen(0, "2001:db8:1:2:3:4:5:6", ""), "2001:db8:1:2::");
        assert_eq!(seen(0, "::ffff:192.0.2.1", ""), "192.0.2.1");
    }

    #[test]
    fn full_buckets_are_forgotten_and_room_is_not_without_end() {
        let limits = limits(60_000, 1, 0);
        for number in 0..2000u32 {
            limits.take(&from(&std::net::Ipv4Addr::from_bits(number).to_string(), ""), None);
        }
        std::thread::sleep(Duration::from_millis(20));
        limits.buckets.retain_recent();
        assert_eq!(limits.buckets.len(), 0);
        for number in 0..MOST as u32 + 500 {
            limits.buckets.check_key(&Who::Address(std::net::Ipv4Addr::from_bits(number).into())).ok();
        }
        let before = limits.buckets.len();
        limits.take(&from("203.0.113.1", ""), None);
        limits.take(&from("203.0.113.2", ""), None);
        assert_eq!(limits.buckets.len(), before + 1);
    }
}
