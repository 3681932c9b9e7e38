//! How much memory a graphics device has. wgpu does not say; the drivers do.

use wgpu::Adapter;

/// Bytes of memory of the device's own, or `None` when the driver does not tell. For graphics that share the processor's memory this is
/// the part that the driver sets aside for them.
pub(super) fn device_memory(adapter: &Adapter) -> Option<u64> {
    #[cfg(target_vendor = "apple")]
    {
        let _ = adapter;
        // Apple's graphics share the machine's memory.
        let memory =
            sysinfo::RefreshKind::nothing().with_memory(sysinfo::MemoryRefreshKind::everything());
        sysinfo::System::new_with_specifics(memory)
            .ok()
            .map(|system| system.total_memory())
    }
    #[cfg(not(target_vendor = "apple"))]
    vulkan_memory(adapter)
}

#[cfg(not(target_vendor = "apple"))]
#[expect(
    unsafe_code,
    reason = "wgpu hides the Vulkan handles that know the memory heaps"
)]
fn vulkan_memory(adapter: &Adapter) -> Option<u64> {
    /// `VK_MEMORY_HEAP_DEVICE_LOCAL_BIT`
    const DEVICE_LOCAL: u32 = 1;
    // SAFETY: the guard lives to the end of this function and nothing is destroyed; the call below only reads properties of a physical
    // device that the same instance enumerated.
    let heaps = unsafe {
        let adapter = adapter.as_hal::<wgpu::hal::api::Vulkan>()?;
        adapter
            .shared_instance()
            .raw_instance()
            .get_physical_device_memory_properties(adapter.raw_physical_device())
    };
    let heaps = heaps.memory_heaps.get(..heaps.memory_heap_count as usize)?;
    Some(
        heaps
            .iter()
            .filter(|heap| heap.flags.as_raw() & DEVICE_LOCAL != 0)
            .map(|heap| heap.size)
            .max()
            .unwrap_or(0),
    )
    .filter(|&size| size > 0)
}
