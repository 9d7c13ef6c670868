//! BiDi writes a value of JavaScript with its type. This turns it into the JSON that `JSON.stringify`
//! would give.

use serde_json::{Map, Value};

/// The value as JSON. What JSON has no word for, as `undefined` or an element, is `null`.
pub fn to_json(remote: &Value) -> Value {
    let value = &remote["value"];
    match remote["type"].as_str().unwrap_or_default() {
        // NaN and the infinities come as text.
        "number" if value.is_number() => value.clone(),
        "string" | "boolean" | "date" => value.clone(),
        "array" | "set" | "nodelist" | "htmlcollection" => value
            .as_array()
            .into_iter()
            .flatten()
            .map(to_json)
            .collect(),
        "object" | "map" => {
            let pairs = value.as_array().into_iter().flatten();
            let fields = pairs.filter_map(|pair| {
                // The key of a map may be a value of any type; only texts have a place in JSON.
                let key = pair[0].as_str().or(pair[0]["value"].as_str())?;
                Some((key.to_owned(), to_json(&pair[1])))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_becomes_the_json_that_it_would_be_in_a_page() {
        let number = |n: u8| json!({ "type": "number", "value": n });
        let list = json!({ "type": "array", "value": [
            number(1), { "type": "undefined" }, { "type": "null" },
            { "type": "boolean", "value": true }, { "type": "number", "value": "NaN" },
        ]});
        let remote = json!({ "type": "object", "value": [
            ["list", list], [{ "type": "string", "value": "text" }, { "type": "node" }],
        ]});
        let expected = json!({ "list": [1, null, null, true, null], "text": null });
        assert_eq!(to_json(&remote), expected);
        for odd in [
            json!(null),
            json!([]),
            json!({ "type": "array" }),
            json!({ "type": 3 }),
        ] {
            let _ = to_json(&odd);
        }
    }
}
