//! `spacemesh post providers`.

use clap::Args;
use post_gpu::cpu::LabelKernel;
use post_gpu::device::{CpuDevice, Device, DeviceInfo};
use post_gpu::gpu;
use serde_json::{Value, json};

use crate::exit::CliError;
use crate::output::{Output, bytes, table};

#[derive(Args, Debug)]
pub(crate) struct ProvidersArgs {}

pub(crate) fn run(_: &ProvidersArgs, output: Output) -> Result<(), CliError> {
    let cpu = CpuDevice::detect();
    let kernels: Vec<_> = LabelKernel::all_available()
        .into_iter()
        .map(LabelKernel::name)
        .collect();
    let cards = gpu::providers();
    let mut rows = vec![row(cpu.info(), None)];
    let mut list = vec![entry(cpu.info(), None)];
    for card in &cards {
        rows.push(row(&card.info, card.unusable.as_deref()));
        list.push(entry(&card.info, card.unusable.as_deref()));
    }
    output.result(&json!({ "providers": list, "cpu_kernels": kernels }), || {
        let mut text = table(&["ID", "NAME", "KIND", "DRIVER", "MEMORY", "USABLE"], &rows);
        text.push_str(&format!("\nlabel kernels of the processor: {}\n", kernels.join(", ")));
        if cards.is_empty() {
            text.push_str("no graphics card was found; is its Vulkan, Metal or DirectX 12 driver installed?\n");
        }
        text
    });
    Ok(())
}

fn entry(info: &DeviceInfo, unusable: Option<&str>) -> Value {
    let mut value = serde_json::to_value(info).unwrap_or_else(|_| json!({}));
    value["usable"] = json!(unusable.is_none());
    value["reason"] = json!(unusable);
    value
}

fn row(info: &DeviceInfo, unusable: Option<&str>) -> Vec<String> {
    let kind = serde_json::to_value(info.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(|kind| kind.replace('_', " ")))
        .unwrap_or_default();
    vec![
        info.id.clone(),
        info.name.clone(),
        kind,
        format!("{} {}", info.backend, info.driver),
        info.memory
            .map_or_else(String::new, |memory| bytes(u128::from(memory))),
        unusable.map_or_else(|| "yes".to_owned(), |reason| format!("no: {reason}")),
    ]
}
