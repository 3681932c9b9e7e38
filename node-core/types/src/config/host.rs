//! What built-in values take from the machine: `~`, `<tmp>`, `<exe>`, processors. Values of files and flags are taken as they are.

/// Folders and processors of the machine that the configuration is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Home folder of the user.
    pub home: String,
    /// Folder for temporary files.
    pub temp: String,
    /// Folder of the node's program.
    pub program: String,
    /// Whether programs end in `.exe`.
    pub windows: bool,
    /// Number of processors.
    pub processors: usize,
}

/// A machine about which nothing is known: folders are left as `~`, `<tmp>` and `<exe>`.
impl Default for Host {
    fn default() -> Self {
        Self {
            home: "~".to_owned(),
            temp: "<tmp>".to_owned(),
            program: "<exe>".to_owned(),
            windows: false,
            processors: 1,
        }
    }
}

impl Host {
    /// Fills in what a built-in value leaves open.
    pub(super) fn expand(&self, built_in: &str) -> String {
        let part =
            |above: usize, below: usize| (self.processors * above / below).max(1).to_string();
        match built_in {
            "3/4 cpus" => return part(3, 4),
            "1/2 cpus" => return part(1, 2),
            _ => {}
        }
        let (start, rest) = match built_in.split_once('/') {
            Some(("~", rest)) => (&self.home, rest),
            Some(("<tmp>", rest)) => (&self.temp, rest),
            Some(("<exe>", rest)) => (&self.program, rest),
            Some(_) | None => return built_in.to_owned(),
        };
        format!("{start}/{rest}").replace("<.exe>", if self.windows { ".exe" } else { "" })
    }
}
