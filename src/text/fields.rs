//! Fields of a stored JSON object, read without reading the rest of it.

use memchr::memchr2;

/// The values of some fields of a JSON object, as JSON: `None` for one that is null or not there. `None` for what is not an
/// object; what the service has written is one, and is not looked at any closer than it must be.
pub fn fields<'a, const N: usize>(object: &'a str, names: [&str; N]) -> Option<[Option<&'a str>; N]> {
    let mut values = [None; N];
    let mut wanted = N;
    let mut rest = object.trim_ascii_start().strip_prefix('{')?.trim_ascii_start();
    while !rest.starts_with('}') && wanted > 0 {
        let (name, behind) = string(rest)?;
        let (value, behind) = value(behind.trim_ascii_start().strip_prefix(':')?.trim_ascii_start())?;
        if let Some(slot) = names.iter().zip(&mut values).find(|(own, _)| name.get(1..name.len() - 1) == Some(**own)) {
            *slot.1 = Some(value).filter(|value| *value != "null");
            wanted -= 1;
        }
        let behind = behind.trim_ascii_start();
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_ascii_start();
    }
    Some(values)
}

/// A string with its quotes, and what is behind it.
fn string(text: &str) -> Option<(&str, &str)> {
    let mut inside = text.strip_prefix('"')?.as_bytes();
    loop {
        let at = memchr2(b'"', b'\\', inside)?;
        let is_end = inside.get(at) == Some(&b'"');
        // Whatever is escaped is not the end.
        inside = inside.get(at + if is_end { 1 } else { 2 }..)?;
        if is_end {
            return text.split_at_checked(text.len() - inside.len());
        }
    }
}

/// A value, and what is behind it.
fn value(text: &str) -> Option<(&str, &str)> {
    if text.starts_with('"') {
        return string(text);
    }
    if !text.starts_with(['{', '[']) {
        let end = text.bytes().position(|byte| matches!(byte, b',' | b'}' | b']'))?;
        return text.split_at_checked(end).map(|(value, behind)| (value.trim_ascii_end(), behind));
    }
    let (mut depth, mut rest) = (0_usize, text);
    loop {
        let at = rest.bytes().position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']'))?;
        let (_, found) = rest.split_at_checked(at)?;
        if found.starts_with('"') {
            (_, rest) = string(found)?;
            continue;
        }
        depth = if found.starts_with(['{', '[']) { depth + 1 } else { depth - 1 };
        (_, rest) = found.split_at_checked(1)?;
        if depth == 0 {
            return text.split_at_checked(text.len() - rest.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_stand() {
        let object = r#" { "a" : "x\"}\\" , "b":{"c":["}",{"a":"no"}]},"n": 1.5 ,"e":[],"z":null,"last":true} "#;
        let read = |name| fields(object, [name]).and_then(|[value]| value);
        assert_eq!(read("a"), Some(r#""x\"}\\""#));
        assert_eq!(read("b"), Some(r#"{"c":["}",{"a":"no"}]}"#));
        assert_eq!(read("n"), Some("1.5"));
        assert_eq!(read("e"), Some("[]"));
        assert_eq!(read("last"), Some("true"));
        assert_eq!((read("z"), read("c"), read("missing")), (None, None, None));
        assert_eq!(fields("{}", ["a"]), Some([None]));
        assert_eq!(fields(r#"{"ä\u00e4":"ö","b":"å"}"#, ["b"]), Some([Some("\"å\"")]));
        for broken in ["", "[]", "{", r#"{"a"#, r#"{"a":"#, r#"{"a":{"b":1"#, r#"{"a":"x\"#] {
            assert_eq!(fields(broken, ["z"]), None, "{broken}");
        }
    }
}
