//! Pipelines and buffers of the kernel for one layout.

use bytemuck::{Pod, Zeroable};
use wgpu::{
    BindGroup, Buffer, BufferDescriptor, BufferUsages, ComputePipeline, ComputePipelineDescriptor,
    ErrorFilter, Limits, PipelineCompilationOptions, ShaderModuleDescriptor, ShaderSource,
};

use super::layout::{Layout, Tuning};
use crate::device::{DeviceError, DeviceInfo, LabelJob};
use crate::params::ScryptN;

/// Invocations per workgroup of `prepare` and `finish`: any card takes it, and they are a thousandth of the work.
pub(super) const ENDS_WORKGROUP: u32 = 64;
/// `Params` of the kernel.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Params {
    pub(super) commitment: [u8; 32],
    /// Big-endian words.
    pub(super) limit: [u32; 8],
    pub(super) start: [u32; 2],
    pub(super) count: u32,
    pub(super) n: u32,
    pub(super) steps: u32,
    pub(super) padding: [u32; 3],
}

/// `Hit` of the kernel.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Hit {
    pub(super) index: [u32; 2],
    pub(super) padding: [u32; 2],
    pub(super) label: [u8; 32],
}

pub(super) const HITS_HEADER: u64 = 16;
pub(super) const HIT_BYTES: u64 = size_of::<Hit>() as u64;

/// Pipelines and buffers for one layout; serves every N up to `n`.
pub(super) struct Program {
    pub(super) n: ScryptN,
    pub(super) layout: Layout,
    pub(super) prepare: ComputePipeline,
    pub(super) fill: ComputePipeline,
    pub(super) mix: ComputePipeline,
    pub(super) rest: ComputePipeline,
    pub(super) finish: ComputePipeline,
    pub(super) bindings: BindGroup,
    pub(super) params: Buffer,
    pub(super) labels: Buffer,
    pub(super) hits: Buffer,
    pub(super) slots: [Slot; 2],
}

/// Read-back memory of one batch.
pub(super) struct Slot {
    pub(super) labels: Buffer,
    pub(super) hits: Buffer,
}

pub(super) fn params(job: &LabelJob, start: u64, count: u32, steps: u32) -> Params {
    let mut limit = [0; 8];
    for (word, bytes) in limit.iter_mut().zip(job.limit.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    Params {
        commitment: *job.commitment.as_bytes(),
        limit,
        start: [start as u32, (start >> 32) as u32],
        count,
        n: job.scrypt.get(),
        steps,
        padding: [0; 3],
    }
}

impl Program {
    /// Builds for the largest number of lanes that the device grants, at most those of `tuning`.
    pub(super) fn build(
        device: &wgpu::Device,
        info: &DeviceInfo,
        tuning: Tuning,
        n: ScryptN,
        (limits, memory): (&Limits, u64),
    ) -> Result<Self, DeviceError> {
        let mut memory = memory;
        loop {
            let Some(layout) = Layout::fit(tuning, n, limits, memory) else {
                let needed = super::row_bytes(n, tuning.gap.clamp(1, 4)) >> 10;
                return Err(DeviceError::Memory {
                    name: info.name.clone(),
                    reason: format!("{needed} KiB per label are needed"),
                });
            };
            match Self::allocate(device, info, layout, n)? {
                Some(program) => return Ok(program),
                None => memory = layout.pool_bytes(n) * u64::from(layout.pools) / 4 * 3,
            }
        }
    }

    /// `None` when the memory does not suffice.
    fn allocate(
        device: &wgpu::Device,
        info: &DeviceInfo,
        layout: Layout,
        n: ScryptN,
    ) -> Result<Option<Self>, DeviceError> {
        let lanes = u64::from(layout.lanes());
        let memory_scope = device.push_error_scope(ErrorFilter::OutOfMemory);
        let buffer = |label, size, usage| {
            device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let work = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let read_back = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let params = buffer(
            "params",
            size_of::<Params>() as u64,
            BufferUsages::UNIFORM | BufferUsages::COPY_DST,
        );
        let labels = buffer("labels", lanes * 16, work);
        let hits = buffer("hits", HITS_HEADER + lanes * HIT_BYTES, work);
        let slots = [0, 1].map(|_| Slot {
            labels: buffer("labels read back", lanes * 16, read_back),
            hits: buffer("hits read back", HITS_HEADER + lanes * HIT_BYTES, read_back),
        });
        let mut storage = vec![
            buffer("blocks", lanes * 128, work),
            buffer("counters", lanes * 4, work),
            labels.clone(),
            hits.clone(),
        ];
        for _ in 0..layout.pools {
            storage.push(buffer("pool", layout.pool_bytes(n), work));
        }
        if pollster::block_on(memory_scope.pop()).is_some() {
            storage.iter().for_each(Buffer::destroy);
            return Ok(None);
        }

        let validation = device.push_error_scope(ErrorFilter::Validation);
        let entry = |binding: usize, ty| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: Vec<_> = std::iter::once(entry(0, wgpu::BufferBindingType::Uniform))
            .chain((1..=storage.len()).map(|binding| {
                entry(
                    binding,
                    wgpu::BufferBindingType::Storage { read_only: false },
                )
            }))
            .collect();
        let bind_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &entries,
        });
        let entries: Vec<_> = std::iter::once(&params)
            .chain(&storage)
            .enumerate()
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: binding as u32,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &bind_layout,
            entries: &entries,
        });
        let module = |label, text: String| {
            device.create_shader_module(ShaderModuleDescriptor {
                label: Some(label),
                source: ShaderSource::Wgsl(text.into()),
            })
        };
        let ends = module("ends", Layout::ends_shader());
        let loops = module("loops", layout.loops_shader());
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&bind_layout)],
            immediate_size: 0,
        });
        let pipeline = |module, entry_point, constants: &[(&str, f64)]| {
            device.create_compute_pipeline(&ComputePipelineDescriptor {
                label: Some(entry_point),
                layout: Some(&pipeline_layout),
                module,
                entry_point: Some(entry_point),
                compilation_options: PipelineCompilationOptions {
                    constants,
                    ..PipelineCompilationOptions::default()
                },
                cache: None,
            })
        };
        let constants = |workgroup: u32| {
            [
                ("GAP", f64::from(layout.gap)),
                ("WORKGROUP", f64::from(workgroup)),
                ("LANES_PER_POOL", f64::from(layout.lanes_per_pool)),
                ("LANES", f64::from(layout.lanes())),
            ]
        };
        let [prepare, finish] = ["prepare", "finish"]
            .map(|entry_point| pipeline(&ends, entry_point, &constants(ENDS_WORKGROUP)));
        let [fill, mix, rest] = ["fill", "mix", "rest"]
            .map(|entry_point| pipeline(&loops, entry_point, &constants(layout.workgroup)));
        if let Some(error) = pollster::block_on(validation.pop()) {
            return Err(DeviceError::Unsupported {
                name: info.name.clone(),
                reason: error.to_string(),
            });
        }
        Ok(Some(Self {
            n,
            layout,
            prepare,
            fill,
            mix,
            rest,
            finish,
            bindings,
            params,
            labels,
            hits,
            slots,
        }))
    }
}
