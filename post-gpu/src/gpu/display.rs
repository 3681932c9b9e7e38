//! Whether a person looks at what a card draws: such a card starts in gentle mode.

/// `None` when the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn drives_display(pci_bus_id: &str) -> Option<bool> {
    use std::fs;
    let names_a_slot = !pci_bus_id.is_empty()
        && pci_bus_id
            .chars()
            .all(|c| c.is_ascii_hexdigit() || c == ':' || c == '.');
    if !names_a_slot {
        return None;
    }
    // …/drm/card0/card0-HDMI-A-1/status
    let cards = fs::read_dir(format!("/sys/bus/pci/devices/{pci_bus_id}/drm")).ok()?;
    let connectors = cards
        .flatten()
        .filter_map(|card| fs::read_dir(card.path()).ok())
        .flat_map(Iterator::flatten);
    let mut statuses =
        connectors.filter_map(|connector| fs::read_to_string(connector.path().join("status")).ok());
    Some(statuses.any(|status| status.trim() == "connected"))
}

/// `None`: the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(super) const fn drives_display(_pci_bus_id: &str) -> Option<bool> {
    None
}
