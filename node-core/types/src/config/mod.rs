//! The node's configuration as the reference has it (01 §7): keys, presets, files and flags, each value with its origin.
//!
//! Keeps true: every effective value knows where it came from; a key that does not exist is named with the nearest that does, never
//! dropped silently; numbers, durations, times and lists are accepted in every form that the reference accepts and refused with
//! the key's name otherwise. No file is read here and no environment looked at: bytes, flags and folders are arguments.
//!
//! ```
//! use spacemesh_types::config::{Config, Host, Origin};
//!
//! let file = br#"{"preset": "fastnet", "main": {"layer-duration": "5s", "layers-per-epok": 10}}"#;
//! let config = Config::builder(Host::default()).file("node.json", file)?.build()?;
//! assert_eq!(config.duration("main.layer-duration").as_secs(), 5);
//! assert_eq!(config.origin("main.layer-duration"), &Origin::File("node.json".into()));
//! assert_eq!(config.unknown()[0].suggestion, Some("main.layers-per-epoch"));
//! # Ok::<(), spacemesh_types::config::ConfigErrors>(())
//! ```
//!
//! Where the reference only confuses, this differs: a list flag replaces the list (there it is added once or twice), flags that come
//! twice add up, unknown keys are reported instead of ending the process, and several files may be laid over each other.

mod builder; // preset, then files, then flags: start here
mod checks; // what must hold before a node starts, 7.4
mod derived; // values that follow from others, 7.4
mod duration; // 1h30m
mod error;
mod file; // JSON files
mod flags; // command line
mod host; // folders and processors of this machine
mod keys; // the table of all keys, 7.3
mod kind; // which values a key takes
mod network; // from configuration to Network and other typed parts
mod rational; // 1/3
mod read; // from JSON to values, weakly
mod unknown; // keys that do not exist
mod value;

pub use builder::{Config, ConfigBuilder, Effective, Origin};
pub use checks::Failure;
pub use duration::{DurationError, format_duration, parse_duration};
pub use error::{ConfigError, ConfigErrors};
pub use flags::flag_names;
pub use host::Host;
pub use keys::{Key, KeyRole, all_keys, find_key};
pub use kind::{Field, Kind};
pub use network::{ConfiguredNetworkError, PostSettings};
pub use rational::Rational;
pub use unknown::UnknownKey;
pub use value::{FromValue, Value};
