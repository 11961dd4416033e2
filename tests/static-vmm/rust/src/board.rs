// SPDX-License-Identifier: MIT
//! The machine: where things are, its interrupt controller, and the device tree that
//! tells the kernel (Documentation/arch/arm64/booting.rst; the bindings arm,gic-v3,
//! 8250 and psci).
use kvm_bindings::{
    kvm_create_device, kvm_device_attr, kvm_device_type_KVM_DEV_TYPE_ARM_VGIC_V3,
    KVM_DEV_ARM_VGIC_CTRL_INIT, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_CTRL,
    KVM_VGIC_V3_ADDR_TYPE_DIST, KVM_VGIC_V3_ADDR_TYPE_REDIST,
};
use kvm_ioctls::{DeviceFd, VmFd};
use vm_fdt::FdtWriter;

use crate::Result;

pub const SERIAL: u64 = 0x0900_0000;
pub const SERIAL_SIZE: u64 = 8;
pub const SERIAL_SPI: u32 = 1;
pub const RAM: u64 = 0x4000_0000;
pub const RAM_SIZE: u64 = 256 << 20;
pub const TREE: u64 = RAM + (128 << 20);
pub const INITRD: u64 = TREE + (2 << 20);

const DIST: u64 = 0x0800_0000;
const DIST_SIZE: u64 = 0x1_0000;
const REDIST: u64 = 0x080a_0000;
const REDIST_SIZE: u64 = 0x2_0000; // of each vCPU

const GIC_HANDLE: u32 = 1;
const CLOCK_HANDLE: u32 = 2;
const SPI: u32 = 0;
const PPI: u32 = 1;
const EDGE: u32 = 1;
const LEVEL: u32 = 4;

fn set_address(gic: &DeviceFd, which: u32, addr: u64) -> Result<()> {
    gic.set_device_attr(&kvm_device_attr {
        group: KVM_DEV_ARM_VGIC_GRP_ADDR,
        attr: u64::from(which),
        addr: &addr as *const u64 as u64,
        flags: 0,
    })?;
    Ok(())
}

/// After the vCPUs.
pub fn create_gic(vm: &VmFd, vcpus: u64) -> Result<DeviceFd> {
    let mut device = kvm_create_device {
        type_: kvm_device_type_KVM_DEV_TYPE_ARM_VGIC_V3,
        ..Default::default()
    };
    let gic = vm.create_device(&mut device)?;
    set_address(&gic, KVM_VGIC_V3_ADDR_TYPE_DIST, DIST)?;
    set_address(&gic, KVM_VGIC_V3_ADDR_TYPE_REDIST, REDIST)?;
    assert!(REDIST + vcpus * REDIST_SIZE <= SERIAL);
    gic.set_device_attr(&kvm_device_attr {
        group: KVM_DEV_ARM_VGIC_GRP_CTRL,
        attr: u64::from(KVM_DEV_ARM_VGIC_CTRL_INIT),
        ..Default::default()
    })?;
    Ok(gic)
}

fn cpus(tree: &mut FdtWriter, vcpus: u64) -> Result<()> {
    let cpus = tree.begin_node("cpus")?;
    tree.property_u32("#address-cells", 1)?;
    tree.property_u32("#size-cells", 0)?;
    for id in 0..vcpus {
        let cpu = tree.begin_node(&format!("cpu@{id:x}"))?;
        tree.property_string("device_type", "cpu")?;
        tree.property_string("compatible", "arm,arm-v8")?;
        tree.property_string("enable-method", "psci")?;
        tree.property_u32("reg", id as u32)?;
        tree.end_node(cpu)?;
    }
    tree.end_node(cpus)?;
    let psci = tree.begin_node("psci")?;
    tree.property_string("compatible", "arm,psci-0.2")?;
    tree.property_string("method", "hvc")?;
    tree.end_node(psci)?;
    let timer = tree.begin_node("timer")?;
    tree.property_string("compatible", "arm,armv8-timer")?;
    let interrupts: Vec<u32> = [13, 14, 11, 10].iter().flat_map(|n| [PPI, *n, LEVEL]).collect();
    tree.property_array_u32("interrupts", &interrupts)?;
    tree.end_node(timer)?;
    Ok(())
}

fn gic(tree: &mut FdtWriter, vcpus: u64) -> Result<()> {
    let gic = tree.begin_node(&format!("interrupt-controller@{DIST:x}"))?;
    tree.property_string("compatible", "arm,gic-v3")?;
    tree.property_u32("#interrupt-cells", 3)?;
    tree.property_null("interrupt-controller")?;
    tree.property_array_u64("reg", &[DIST, DIST_SIZE, REDIST, vcpus * REDIST_SIZE])?;
    tree.property_phandle(GIC_HANDLE)?;
    tree.end_node(gic)?;
    Ok(())
}

fn serial(tree: &mut FdtWriter) -> Result<()> {
    let clock = tree.begin_node("clock")?;
    tree.property_string("compatible", "fixed-clock")?;
    tree.property_u32("#clock-cells", 0)?;
    tree.property_u32("clock-frequency", 1_843_200)?;
    tree.property_phandle(CLOCK_HANDLE)?;
    tree.end_node(clock)?;
    let serial = tree.begin_node(&format!("serial@{SERIAL:x}"))?;
    tree.property_string("compatible", "ns16550a")?;
    tree.property_array_u64("reg", &[SERIAL, SERIAL_SIZE])?;
    tree.property_u32("clocks", CLOCK_HANDLE)?;
    tree.property_array_u32("interrupts", &[SPI, SERIAL_SPI, EDGE])?;
    tree.end_node(serial)?;
    Ok(())
}

/// `initrd`: where it is and how long.
pub fn device_tree(vcpus: u64, initrd: (u64, u64), words: &str) -> Result<Vec<u8>> {
    let mut tree = FdtWriter::new()?;
    let root = tree.begin_node("")?;
    tree.property_string("compatible", "linux,dummy-virt")?;
    tree.property_u32("#address-cells", 2)?;
    tree.property_u32("#size-cells", 2)?;
    tree.property_u32("interrupt-parent", GIC_HANDLE)?;
    let chosen = tree.begin_node("chosen")?;
    tree.property_string("bootargs", words)?;
    tree.property_string("stdout-path", &format!("/serial@{SERIAL:x}"))?;
    tree.property_u64("linux,initrd-start", initrd.0)?;
    tree.property_u64("linux,initrd-end", initrd.0 + initrd.1)?;
    tree.end_node(chosen)?;
    let memory = tree.begin_node(&format!("memory@{RAM:x}"))?;
    tree.property_string("device_type", "memory")?;
    tree.property_array_u64("reg", &[RAM, RAM_SIZE])?;
    tree.end_node(memory)?;
    cpus(&mut tree, vcpus)?;
    gic(&mut tree, vcpus)?;
    serial(&mut tree)?;
    tree.end_node(root)?;
    Ok(tree.finish()?)
}
