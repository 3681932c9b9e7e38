//! How a device's memory is divided into lanes and pools, and the kernel text that goes with it.
//!
//! A pool is one storage buffer. Drivers limit the size of a binding (often to 2 or 4 GiB, by default 128 MiB), so most of a card's memory
//! can only be used through several. Lanes of a workgroup lie in one pool.

use serde::{Deserialize, Serialize};
use wgpu::Limits;

use super::row_bytes;
use crate::params::ScryptN;

/// Storage buffers besides the pools: X, counters, labels, hits.
pub(super) const FIXED_STORAGE_BUFFERS: u32 = 4;
/// More pools than this add switch cases and no memory on any known card.
const MAX_POOLS: u32 = 16;
/// Bytes of a lane outside the scratch: X, counter, label, hit, and two read-back slots.
const LANE_STATE_BYTES: u64 = 128 + 4 + 16 + 48 + 2 * 64;
/// A batch with more lanes than this only takes longer (03 §3.3: 2–3 times 5,500 labels in flight per TB/s suffice).
pub(super) const MAX_LANES: u32 = 1 << 17;

/// How a label is spread over invocations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GpuKernel {
    /// One invocation per label: runs everywhere.
    #[default]
    Lane,
    /// Four invocations per label: fewer registers and contiguous reads, where the driver offers subgroup shuffles.
    Quad,
}

impl GpuKernel {
    /// Invocations per label.
    pub const fn invocations(self) -> u32 {
        match self {
            Self::Lane => 1,
            Self::Quad => 4,
        }
    }
}

/// Choices that decide a device's speed. Any choice gives the same labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tuning {
    /// How a label is spread over invocations.
    #[serde(default)]
    pub kernel: GpuKernel,
    /// Every `gap`-th row is kept, the others are computed again when needed: 1 to 4.
    pub gap: u32,
    /// Labels in flight.
    pub lanes: u32,
    /// Invocations per workgroup, a power of two.
    pub workgroup: u32,
}

/// A tuning fitted to a device's limits and to N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) kernel: GpuKernel,
    pub(super) gap: u32,
    pub(super) workgroup: u32,
    pub(super) pools: u32,
    pub(super) lanes_per_pool: u32,
}

impl Layout {
    /// The largest layout of at most `tuning.lanes` lanes within the limits and `memory` bytes. `None` when not even one workgroup fits.
    pub(super) fn fit(tuning: Tuning, n: ScryptN, limits: &Limits, memory: u64) -> Option<Self> {
        let gap = tuning.gap.clamp(1, 4).min(n.get());
        let most = limits
            .max_compute_workgroup_size_x
            .min(limits.max_compute_invocations_per_workgroup)
            .max(1);
        let least = tuning.kernel.invocations();
        let workgroup = tuning.workgroup.clamp(least, most.max(least)) / least * least;
        let per_group = u64::from(workgroup / least);
        let lane = row_bytes(n, gap);
        let binding = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        // Row addresses are 32-bit counts of 16 bytes.
        let per_binding = (binding.min(u64::from(u32::MAX) * 16) / lane).min(u64::from(u32::MAX));
        let by_memory = memory / (lane + LANE_STATE_BYTES);
        let by_hits = binding / 48 - 1;
        let lanes = u64::from(tuning.lanes.clamp(1, MAX_LANES))
            .min(by_memory)
            .min(by_hits);
        let lanes = lanes.min(u64::from(limits.max_compute_workgroups_per_dimension) * per_group);
        let groups = lanes / per_group;
        let groups_per_pool = per_binding / per_group;
        if groups == 0 || groups_per_pool == 0 {
            return (workgroup > least)
                .then(|| {
                    Self::fit(
                        Tuning {
                            workgroup: workgroup / 2,
                            ..tuning
                        },
                        n,
                        limits,
                        memory,
                    )
                })
                .flatten();
        }
        let most_pools = u64::from(
            limits
                .max_storage_buffers_per_shader_stage
                .saturating_sub(FIXED_STORAGE_BUFFERS)
                .clamp(1, MAX_POOLS),
        );
        // All pools have one size. Few pools keep the kernel's switches short; more are taken when they leave out fewer groups.
        let fewest = groups.div_ceil(groups_per_pool).min(most_pools);
        let size = |pools: u64| (groups / pools).min(groups_per_pool);
        let reachable = groups.min(most_pools * groups_per_pool);
        let pools = (fewest..=most_pools)
            .find(|&pools| pools * size(pools) * 50 >= reachable * 49)
            .or_else(|| (fewest..=most_pools).max_by_key(|&pools| pools * size(pools)))
            .unwrap_or(fewest);
        let groups_per_pool = size(pools);
        Some(Self {
            kernel: tuning.kernel,
            gap,
            workgroup,
            pools: pools as u32,
            lanes_per_pool: (groups_per_pool * per_group) as u32,
        })
    }

    pub(super) const fn lanes(&self) -> u32 {
        self.pools * self.lanes_per_pool
    }

    /// Bytes of one pool's scratch buffer.
    pub(super) const fn pool_bytes(&self, n: ScryptN) -> u64 {
        row_bytes(n, self.gap) * self.lanes_per_pool as u64
    }

    /// Labels that a workgroup of the loops serves.
    pub(super) const fn lanes_per_group(&self) -> u32 {
        self.workgroup / self.kernel.invocations()
    }

    /// The ends of the label function.
    pub(super) fn ends_shader() -> String {
        [include_str!("head.wgsl"), include_str!("ends.wgsl")].concat()
    }

    /// The loops, with one binding and one switch case for each pool.
    pub(super) fn loops_shader(&self) -> String {
        let (text, parts): (_, &[(&str, u32)]) = match self.kernel {
            GpuKernel::Lane => (include_str!("lane.wgsl"), &LANE_PARTS),
            GpuKernel::Quad => (include_str!("quad.wgsl"), &QUAD_PARTS),
        };
        let result = match self.kernel {
            GpuKernel::Lane => "Pair",
            GpuKernel::Quad => "Column",
        };
        let mut bindings = String::new();
        let mut loads = String::new();
        let mut stores = String::new();
        for pool in 0..self.pools {
            let binding = FIXED_STORAGE_BUFFERS + 1 + pool;
            bindings.push_str(&format!(
                "@group(0) @binding({binding}) var<storage, read_write> pool{pool}: array<vec4<u32>>;\n"
            ));
            let values: Vec<String> = parts
                .iter()
                .map(|(_, k)| format!("pool{pool}[at + {k}u]"))
                .collect();
            loads.push_str(&format!(
                "        case {pool}u: {{ x = {result}({}); }}\n",
                values.join(", ")
            ));
            let writes: Vec<String> = values
                .iter()
                .zip(parts)
                .map(|(value, (field, _))| format!("{value} = x.{field};"))
                .collect();
            stores.push_str(&format!(
                "        case {pool}u: {{ {} }}\n",
                writes.join(" ")
            ));
        }
        let text = text
            .replace("//POOL-BINDINGS\n", &bindings)
            .replace("//POOL-LOADS\n", &loads)
            .replace("//POOL-STORES\n", &stores);
        [include_str!("head.wgsl"), &text].concat()
    }
}

/// Fields of a row and their places in it, in units of 16 bytes.
const LANE_PARTS: [(&str, u32); 8] = [
    ("a0", 0),
    ("b0", 1),
    ("c0", 2),
    ("d0", 3),
    ("a1", 4),
    ("b1", 5),
    ("c1", 6),
    ("d1", 7),
];
const QUAD_PARTS: [(&str, u32); 2] = [("v0", 0), ("v1", 4)];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn limits(binding: u64, storage_buffers: u32) -> Limits {
        Limits {
            max_storage_buffer_binding_size: binding,
            max_buffer_size: binding,
            max_storage_buffers_per_shader_stage: storage_buffers,
            ..Limits::default()
        }
    }

    #[test]
    fn a_large_card_is_used_through_several_buffers() {
        let tuning = Tuning {
            kernel: GpuKernel::Lane,
            gap: 2,
            lanes: MAX_LANES,
            workgroup: 64,
        };
        let layout = Layout::fit(tuning, ScryptN::MAINNET, &limits(4 << 30, 16), 20 << 30).unwrap();
        let used = layout.pool_bytes(ScryptN::MAINNET) * u64::from(layout.pools);
        assert_eq!(layout.pools, 5);
        assert!(
            used > 19 << 30 && used <= 20 << 30,
            "{used} bytes of 20 GiB"
        );
        assert!(layout.pool_bytes(ScryptN::MAINNET) <= 4 << 30);
    }

    #[test]
    fn four_invocations_per_label_fill_the_same_memory() {
        let tuning = Tuning {
            kernel: GpuKernel::Quad,
            gap: 2,
            lanes: MAX_LANES,
            workgroup: 64,
        };
        let layout = Layout::fit(tuning, ScryptN::MAINNET, &limits(4 << 30, 16), 20 << 30).unwrap();
        assert_eq!((layout.pools, layout.lanes_per_group()), (5, 16));
        assert!(layout.lanes() > 40_000);
    }

    #[test]
    fn few_bindings_and_small_ones_still_give_a_layout() {
        let tuning = Tuning {
            kernel: GpuKernel::Lane,
            gap: 1,
            lanes: 4096,
            workgroup: 256,
        };
        let layout = Layout::fit(tuning, ScryptN::MAINNET, &limits(128 << 20, 8), 8 << 30).unwrap();
        assert!(layout.pools <= 4 && layout.lanes() >= 128, "{layout:?}");
        assert!(
            Layout::fit(tuning, ScryptN::MAINNET, &limits(128 << 20, 8), 1 << 19).is_none(),
            "half a lane does not fit"
        );
    }
}
