// SPDX-License-Identifier: MIT
//! A vCPU: its features, its first registers, and the loop around KVM_RUN.
use kvm_bindings::{
    kvm_vcpu_init, KVM_ARM_VCPU_POWER_OFF, KVM_ARM_VCPU_PSCI_0_2, KVM_REG_ARM64, KVM_REG_ARM_CORE,
    KVM_REG_SIZE_U64, KVM_SYSTEM_EVENT_SHUTDOWN,
};
use kvm_ioctls::{VcpuExit, VcpuFd, VmFd};

use crate::{board, Line, Result};

// Offsets in struct user_pt_regs.
const X0: u64 = 0;
const PC: u64 = 32 * 8;

fn set_core(vcpu: &VcpuFd, offset: u64, value: u64) -> Result<()> {
    let id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | u64::from(KVM_REG_ARM_CORE) | (offset / 4);
    vcpu.set_one_reg(id, &value.to_le_bytes())?;
    Ok(())
}

/// `start`: its first instruction and x0; a vCPU without waits for the guest to start it.
pub fn create(vm: &VmFd, id: u64, start: Option<(u64, u64)>) -> Result<VcpuFd> {
    let vcpu = vm.create_vcpu(id)?;
    let mut init = kvm_vcpu_init::default();
    vm.get_preferred_target(&mut init)?;
    init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
    if start.is_none() {
        init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
    }
    vcpu.vcpu_init(&init)?;
    if let Some((entry, x0)) = start {
        set_core(&vcpu, PC, entry)?;
        set_core(&vcpu, X0, x0)?;
    }
    Ok(vcpu)
}

fn register(addr: u64) -> Option<u8> {
    let offset = addr.checked_sub(board::SERIAL)?;
    (offset < board::SERIAL_SIZE).then_some(offset as u8)
}

/// Until the guest turns the machine off.
pub fn run(mut vcpu: VcpuFd, line: &Line) -> Result<()> {
    loop {
        match vcpu.run() {
            Ok(VcpuExit::MmioWrite(addr, data)) => match (register(addr), data) {
                (Some(register), [value]) => line
                    .lock()
                    .map_err(|_| "a vCPU died")?
                    .write(register, *value)
                    .map_err(|e| format!("serial line: {e:?}"))?,
                _ => return Err(format!("write of {data:?} to {addr:#x}").into()),
            },
            Ok(VcpuExit::MmioRead(addr, data)) => match (register(addr), data) {
                (Some(register), [value]) => {
                    *value = line.lock().map_err(|_| "a vCPU died")?.read(register)
                }
                _ => return Err(format!("read of {addr:#x}").into()),
            },
            Ok(VcpuExit::SystemEvent(KVM_SYSTEM_EVENT_SHUTDOWN, _)) => return Ok(()),
            Ok(exit) => return Err(format!("exit {exit:?}").into()),
            Err(error) if error.errno() == libc::EINTR => {}
            Err(error) => return Err(format!("KVM_RUN: {error}").into()),
        }
    }
}
