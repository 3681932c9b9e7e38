//! JSON files (01 §7.1): keys in any case, objects merged key by key, lists and maps replaced, `null` and `{}` read over.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    ConfigError, ConfigErrors, Kind, Origin, UnknownKey, Value, find_key, keys::is_section,
    read::Reader,
};

/// What one source says.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) values: BTreeMap<&'static str, Value>,
    pub(super) unknown: Vec<UnknownKey>,
}

pub(super) fn read(name: &str, content: &[u8]) -> Result<Layer, ConfigErrors> {
    let json: Json = serde_json::from_slice(content).map_err(|source| {
        ConfigErrors(vec![ConfigError::NotJson {
            file: name.to_owned(),
            source,
        }])
    })?;
    let mut walk = Walk {
        origin: Origin::File(name.to_owned()),
        layer: Layer::default(),
        errors: Vec::new(),
    };
    walk.section("", &json);
    if walk.errors.is_empty() {
        Ok(walk.layer)
    } else {
        Err(ConfigErrors(walk.errors))
    }
}

struct Walk {
    origin: Origin,
    layer: Layer,
    errors: Vec<ConfigError>,
}

impl Walk {
    fn section(&mut self, path: &str, json: &Json) {
        let Some(fields) = json.as_object() else {
            let (path, origin) = (path.to_owned(), self.origin.clone());
            self.errors.push(ConfigError::NotAnObject {
                path,
                origin,
                found: json.to_string(),
            });
            return;
        };
        let mut seen = BTreeMap::new();
        for (name, json) in fields {
            let name = name.to_lowercase();
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}.{name}")
            };
            if seen.insert(path.clone(), ()).is_some() {
                self.errors.push(ConfigError::Twice {
                    path,
                    origin: self.origin.clone(),
                });
                continue;
            }
            let empty = json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty);
            match find_key(&path) {
                Some(key) if !empty => self.value(key.path, &key.kind, json),
                Some(_) => {}
                None if is_section(&path) && !json.is_null() => self.section(&path, json),
                None if is_section(&path) => {}
                None => self
                    .layer
                    .unknown
                    .push(UnknownKey::new(path, self.origin.clone())),
            }
        }
    }

    fn value(&mut self, path: &'static str, kind: &Kind, json: &Json) {
        if *kind == Kind::Removed {
            self.errors.push(ConfigError::Removed {
                path,
                origin: self.origin.clone(),
            });
            return;
        }
        let mut reader = Reader {
            unknown: Vec::new(),
        };
        match reader.read(kind, json) {
            Ok(value) => {
                self.layer.values.insert(path, value);
            }
            Err(misfit) => self.errors.push(ConfigError::Value {
                path: format!("{path}{}", misfit.at),
                origin: self.origin.clone(),
                expected: misfit.expected,
                found: misfit.found,
            }),
        }
        let unknown = reader.unknown.into_iter();
        self.layer.unknown.extend(
            unknown.map(|part| UnknownKey::new(format!("{path}{part}"), self.origin.clone())),
        );
    }
}
