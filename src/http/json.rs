//! Bodies: read within bounds, parsed strictly, validated whole.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use sha2::{Digest, Sha256};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::messages::{Code, Message};
use super::problem::{Fault, Kind, Problem, Result};
use crate::app::State;
use crate::auth::hex;

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

/// How deep JSON may be nested: where serde_json stops.
const DEPTH: usize = 128;

/// A JSON body, parsed and validated.
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// The SHA-256 of its bytes, for `Idempotency-Key`.
    pub sha256: String,
}

impl<T: Serialize + DeserializeOwned + Validate> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, "application/json");
        Box::pin(async move {
            let bytes = bytes.await?;
            let value: T = document(&bytes)?;
            Ok(Self { value, sha256: hex(&Sha256::digest(&bytes)) })
        })
    }
}

/// The body of an operation that needs to be told nothing.
#[derive(Debug, Default, Serialize, serde::Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A JSON body that may be left out.
pub struct MaybeBody<T> {
    /// What it says; nothing, when it is left out.
    pub value: T,
    /// The SHA-256 of its bytes, for `Idempotency-Key`.
    pub sha256: String,
}

impl<T: Serialize + DeserializeOwned + Validate + Default + 'static> FromRequest for MaybeBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = arrive(request, payload);
        let checked = check_media_type(request, "application/json");
        Box::pin(async move {
            // However a client sends nothing: without a length or with one of 0, with a media type or without.
            let bytes = bytes.await?;
            if bytes.is_empty() {
                return Ok(Self { value: T::default(), sha256: hex(&Sha256::digest([])) });
            }
            checked?;
            let value: T = document(&bytes)?;
            Ok(Self { value, sha256: hex(&Sha256::digest(&bytes)) })
        })
    }
}

/// Reads a body of a media type.
pub fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    media_type: &'static str,
) -> impl Future<Output = Result<Vec<u8>>> + use<> {
    let checked = check_media_type(request, media_type);
    let bytes = arrive(request, payload);
    async move {
        checked?;
        bytes.await
    }
}

fn check_media_type(request: &HttpRequest, expected: &'static str) -> Result<()> {
    match media_type(request)?.eq_ignore_ascii_case(expected) {
        true => Ok(()),
        false => Err(Problem::new(Kind::UnsupportedMediaType, Code::MediaType.with("expected", expected))),
    }
}

/// What a body says that it is, without parameters; empty where it does not say. One that is compressed is refused, with
/// what is taken instead (RFC 9110, section 12.5.3).
pub fn media_type(request: &HttpRequest) -> Result<&str> {
    let declared = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let coding = declared(CONTENT_ENCODING).map_or("identity", str::trim);
    if !coding.eq_ignore_ascii_case("identity") {
        let problem = Problem::new(Kind::UnsupportedMediaType, Code::ContentEncoding);
        return Err(problem.header(ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    Ok(declared(CONTENT_TYPE).and_then(|value| value.split(';').next()).map_or("", str::trim))
}

/// Waits for a body, up to the configured size and for a while.
fn arrive(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Vec<u8>>> + use<> {
    let limit = request.app_data::<web::Data<State>>().map_or(0, |state| state.max_body);
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut payload = payload.take();
    async move {
        let too_large = || Problem::new(Kind::TooLarge, Code::BodyTooLarge.with("limit", limit.to_string()));
        if length.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let arrival = async {
            let mut bytes = Vec::with_capacity(length.unwrap_or(0));
            while let Some(chunk) = payload.next().await {
                let malformed = |error: PayloadError| {
                    Problem::new(Kind::Malformed, Code::Malformed.with("reason", error.to_string()))
                };
                let chunk = chunk.map_err(malformed)?;
                if bytes.len() + chunk.len() > limit {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes)
        };
        let late = |_| Err(Problem::new(Kind::RequestTimeout, Code::SlowBody));
        tokio::time::timeout(ARRIVAL, arrival).await.unwrap_or_else(late)
    }
}

/// Parses a document and validates it.
fn document<T: Serialize + DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T> {
    let value: T = parse(bytes)?;
    refuse_lists(&parse(bytes)?, &value)?;
    validate(&value)?;
    Ok(value)
}

/// Parses a document strictly: 400 for what isn't JSON, 422 for JSON of another shape than asked for.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let malformed = |message: Message| Problem::new(Kind::Malformed, message);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed(Code::NotUtf8.into()))?;
    if has_nul(text) {
        return Err(malformed(Code::NulCharacter.into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| {
            let pointer = pointer(error.path());
            (pointer, error.into_inner())
        })
        .and_then(|value| deserializer.end().map(|()| value).map_err(|error| (String::new(), error)));
    parsed.map_err(|(pointer, error)| match error.classify() {
        Category::Data => Problem::invalid(vec![structural(pointer, &error.to_string())]),
        _ if error.to_string().starts_with("recursion limit") => {
            malformed(Code::TooDeep.with("limit", DEPTH.to_string()))
        }
        // serde_json takes a number where a word is expected for a fault of syntax.
        _ if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            Problem::invalid(vec![structural(pointer, &error.to_string())])
        }
        _ => malformed(
            Code::MalformedJson.with("line", error.line().to_string()).with("column", error.column().to_string()),
        ),
    })
}

/// Parses a document that is already JSON, as a merged patch is.
pub fn parse_value<T: Serialize + DeserializeOwned>(value: Value) -> Result<T> {
    let parsed = serde_path_to_error::deserialize(&value)
        .map_err(|error| Problem::invalid(vec![structural(pointer(error.path()), &error.inner().to_string())]))?;
    refuse_lists(&value, &parsed)?;
    Ok(parsed)
}

/// serde also reads an object from a list of its fields without their names. The document knows no such form.
fn refuse_lists(given: &Value, parsed: &impl Serialize) -> Result<()> {
    fn find(given: &Value, parsed: &Value, pointer: String) -> Option<Fault> {
        match (given, parsed) {
            (Value::Array(_), Value::Object(_)) => Some(Fault::at(pointer, Code::WrongType.with("form", OBJECT))),
            (Value::Array(given), Value::Array(parsed)) => {
                let mut both = given.iter().zip(parsed).enumerate();
                both.find_map(|(index, (given, parsed))| find(given, parsed, format!("{pointer}/{index}")))
            }
            (Value::Object(given), Value::Object(parsed)) => given
                .iter()
                .find_map(|(name, given)| find(given, parsed.get(name)?, format!("{pointer}/{}", escape(name)))),
            _ => None,
        }
    }
    let parsed = serde_json::to_value(parsed).map_err(Problem::internal)?;
    find(given, &parsed, String::new()).map_or(Ok(()), |fault| Err(Problem::invalid(vec![fault])))
}

/// Whether a string in the document holds U+0000, which PostgreSQL's text cannot.
fn has_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(at, _)| {
        let before = json.get(..at).unwrap_or_default();
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        backslashes % 2 == 0
    })
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        let token = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => return pointer,
        };
        pointer.push('/');
        pointer.push_str(&escape(&token));
        pointer
    })
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The fault that a message of serde's stands for: one of its own, which are part of its documented interface
/// (`serde::de::Error::unknown_field` and its like), or one of a type of ours, which says the name of a code.
fn structural(pointer: String, message: &str) -> Fault {
    // serde_json adds where in the text it was; the pointer says that better.
    let message = message.split(" at line ").next().unwrap_or(message);
    let mut quoted = message.split('`').skip(1).step_by(2).map(str::to_owned);
    let mut below = |pointer: String| match quoted.next() {
        Some(name) if pointer.rsplit('/').next() != Some(escape(&name).as_str()) => {
            (format!("{pointer}/{}", escape(&name)), name)
        }
        Some(name) => (pointer, name),
        None => (pointer, String::new()),
    };
    if message.starts_with("unknown field") {
        Fault::at(below(pointer).0, Code::UnknownField.with("valid", expected(message)))
    } else if message.starts_with("missing field") {
        let (pointer, name) = below(pointer);
        Fault::at(pointer, Code::MissingField.with("name", name))
    } else if message.starts_with("duplicate field") {
        let (pointer, name) = below(pointer);
        Fault::at(pointer, Code::RepeatedField.with("name", name))
    } else if message.starts_with("unknown variant") {
        Fault::at(pointer, Code::UnknownValue.with("valid", expected(message)))
    } else if let Some(code) = Code::of(message) {
        Fault::at(pointer, code)
    } else if message.starts_with("invalid value: integer") && message.ends_with("expected i32") {
        let [min, max] = [i32::MIN, i32::MAX].map(|bound| bound.to_string());
        Fault::at(pointer, Code::OutOfRange.with("min", min).with("max", max))
    } else {
        let form = form(message).map_or_else(|| message.to_owned(), str::to_owned);
        Fault::at(pointer, Code::WrongType.with("form", form))
    }
}

/// A JSON object, and other values, as messages in any language show them.
const OBJECT: &str = "{…}";
const OTHERS: [(&str, &[&str]); 4] = [
    ("\"…\"", &["a string", "string", "str", "a formatted string", "value"]),
    ("true, false", &["a boolean"]),
    ("[…]", &["a sequence", "an array", "a list"]),
    ("1", &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "usize", "isize"]),
];

/// The form of what serde expected, by its message.
fn form(message: &str) -> Option<&'static str> {
    let (_, wanted) = message.rsplit_once("expected ")?;
    if ["struct ", "a map", "an object"].iter().any(|word| wanted.starts_with(word)) {
        return Some(OBJECT);
    }
    OTHERS.into_iter().find(|(_, words)| words.iter().any(|word| wanted.starts_with(word))).map(|(form, _)| form)
}

/// The names in serde's "expected one of `a`, `b`", which says "`a` or `b`" of two, as a list.
pub fn expected(message: &str) -> String {
    let list = message.split_once("expected ").map_or("", |(_, list)| list).trim_start_matches("one of ");
    list.replace("` or `", "`, `").replace('`', "")
}

/// Checks a document for what its shape doesn't say; all faults at once.
pub fn validate(value: &impl Validate) -> Result<()> {
    let Err(errors) = value.validate() else { return Ok(()) };
    let mut faults = Vec::new();
    collect(&errors, "", &mut faults);
    // The validator keeps its findings in a hash map: in the order of the document they read better.
    faults.sort_by(|a, b| format!("{:?}", a.place).cmp(&format!("{:?}", b.place)));
    Err(Problem::invalid(faults))
}

fn collect(errors: &ValidationErrors, above: &str, faults: &mut Vec<Fault>) {
    for (field, kind) in errors.errors() {
        // A fault of the whole object is reported under no field, or under the validator's own name for it.
        let here = match field.as_ref() {
            "" | "__all__" => above.to_owned(),
            field => format!("{above}/{}", escape(field)),
        };
        match kind {
            ValidationErrorsKind::Field(found) => {
                faults.extend(found.iter().map(|error| Fault::at(place(&here, error), message(error))))
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, &here, faults),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{here}/{index}"), faults);
                }
            }
        }
    }
}

/// A rule over several fields says with the parameter `field` which of them is to be mended.
fn place(here: &str, error: &ValidationError) -> String {
    match error.params.get("field").and_then(Value::as_str) {
        Some(field) => format!("{here}/{field}"),
        None => here.to_owned(),
    }
}

fn message(error: &ValidationError) -> Message {
    let parameter = |name: &str| error.params.get(name).map(ToString::to_string).unwrap_or_default();
    // The validator's own codes, and ours, which are the names of messages.
    match error.code.as_ref() {
        "length" if error.params.get("value").and_then(Value::as_str).is_some_and(str::is_empty) => {
            Code::EmptyText.into()
        }
        "length" => Code::TooLong.with("max", parameter("max")),
        "range" => Code::OutOfRange.with("min", parameter("min")).with("max", parameter("max")),
        "url" => Code::BadUrl.into(),
        code => {
            let code = Code::of(code).unwrap_or(Code::Invalid);
            Message::from(code).with("max", parameter("max"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_found_where_it_is_one() {
        assert!(has_nul(r#"{"a":"x\u0000"}"#));
        assert!(has_nul(r#"{"a":"\\\u0000"}"#));
        assert!(!has_nul(r#"{"a":"\\u0000"}"#));
    }

    #[test]
    fn serde_says_where_and_what() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Outer {
            list: Vec<Inner>,
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Inner {
            number: i32,
        }
        let faults = |json: &str| {
            let problem = parse::<Outer>(json.as_bytes()).unwrap_err();
            format!("{problem:?}")
        };
        assert!(
            faults(r#"{"list":[{"number":1},{"numbr":1}]}"#)
                .contains(r#"Pointer("/list/1/numbr"), message: Message { code: UnknownField"#)
        );
        assert!(
            faults(r#"{"list":[{}]}"#).contains(r#"Pointer("/list/0/number"), message: Message { code: MissingField"#)
        );
        assert!(
            faults(r#"{"list":[{"number":"x"}]}"#)
                .contains(r#"Pointer("/list/0/number"), message: Message { code: WrongType"#)
        );
        for (json, form) in [
            (r#"{"list":[{"number":"x"}]}"#, r#""form", "1""#),
            (r#"{"list":[7]}"#, r#""form", "{…}""#),
            (r#"{"list":{}}"#, r#""form", "[…]""#),
        ] {
            assert!(faults(json).contains(form), "{json}: {}", faults(json));
        }
        assert!(faults(r#"{"list":[{"number":3000000000}]}"#).contains("code: OutOfRange"));
        assert_eq!(form("invalid type: integer `7`, expected a string"), Some("\"…\""));
        assert_eq!(form("invalid type: integer `7`, expected a boolean"), Some("true, false"));
        assert!(faults(r#"{"list":[}"#).starts_with("Malformed"));
        let deep = parse::<Value>("[".repeat(DEPTH + 1).as_bytes()).unwrap_err();
        assert!(format!("{deep:?}").contains("code: TooDeep"), "{deep:?}");
    }
}
