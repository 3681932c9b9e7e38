//! A PoET service inside a node, for a network of one's own (04 §9.3, 01 §5.4).
//!
//! Unlike the reference the client is given the service's key before it starts, so its looked-up proofs are found.

use std::path::Path;
use std::time::Duration;

use spacemesh_types::{PublicKey, Timestamp};

use crate::schedule::{Schedule, ScheduleError};
use crate::service::{
    ConfigError, SequentialRounds, Service, ServiceConfig, ServiceError, Settings, wall_clock,
};

/// What the node's configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InProcess {
    /// When the network starts.
    pub genesis: Timestamp,
    /// How long its epochs are.
    pub epoch: Duration,
    /// `poet.phase-shift`.
    pub phase_shift: Duration,
    /// `poet.cycle-gap`.
    pub cycle_gap: Duration,
    /// `host:port` from the single entry of `main.poet-servers`.
    pub listen: String,
}

/// It cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InProcessError {
    /// The times.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The other settings, which are the defaults.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The service.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl InProcess {
    /// Starts the service in `<node data folder>/poet`: no proof of work, no certifier. Stop it after the node.
    ///
    /// # Errors
    ///
    /// The times make no rounds, or the service cannot start.
    pub async fn start(&self, node_data: &Path) -> Result<(Service, PublicKey), InProcessError> {
        let config = self.config(node_data)?;
        let service = Service::start(
            config,
            Box::new(SequentialRounds::default()),
            wall_clock(),
            None,
        )
        .await?;
        let key = service.public_key();
        Ok((service, key))
    }

    fn config(&self, node_data: &Path) -> Result<ServiceConfig, InProcessError> {
        let mut config = Settings::default().build(self.genesis, node_data.join("poet"))?;
        config.schedule =
            Schedule::new(self.genesis, self.epoch, self.phase_shift, self.cycle_gap)?;
        config.rest_listen = self.listen.clone();
        Ok(config)
    }
}

/// `host:port` of a service's address, for listening where the configuration points: `http://127.0.0.1:10010` gives `127.0.0.1:10010`.
/// None if there is no port.
pub fn listen_address(service: &str) -> Option<String> {
    let rest = service.split_once("://").map_or(service, |(_, rest)| rest);
    let host = rest.split('/').next()?;
    let (_, port) = host.rsplit_once(':')?;
    port.parse::<u16>().ok().map(|_| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listening_address_is_in_the_services_address() {
        assert_eq!(
            listen_address("http://127.0.0.1:10010").as_deref(),
            Some("127.0.0.1:10010")
        );
        assert_eq!(
            listen_address("http://[::1]:10010/").as_deref(),
            Some("[::1]:10010")
        );
        assert_eq!(listen_address("http://example.com"), None);
    }
}
