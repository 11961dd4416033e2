// SPDX-License-Identifier: MIT
//! A VMM for arm64 kernels on the crates that Firecracker and cloud-hypervisor use.
//!
//!     static-vmm KERNEL INITRD VCPUS "COMMAND LINE"
//!
//! RAM, a GICv3, an 8250 whose interrupt is an irqfd, a thread for each vCPU. It ends
//! with status 0 when the guest turns itself off; what the guest says is its stdout.
mod board;
mod vcpu;

use std::error::Error;
use std::fs::File;
use std::io::{stdout, Seek, SeekFrom, Stdout};
use std::sync::{Arc, Mutex};
use std::thread;

use kvm_bindings::kvm_userspace_memory_region;
use kvm_ioctls::{Kvm, VmFd};
use linux_loader::loader::{pe::PE, KernelLoader};
use vm_memory::{Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, GuestMemoryRegion};
use vm_superio::{Serial, Trigger};
use vmm_sys_util::eventfd::EventFd;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The serial line's interrupt: a write makes KVM raise the SPI.
pub struct Irq(EventFd);

impl Trigger for Irq {
    type E = std::io::Error;

    fn trigger(&self) -> std::io::Result<()> {
        self.0.write(1)
    }
}

pub type Line = Arc<Mutex<Serial<Irq, vm_superio::serial::NoEvents, Stdout>>>;

fn add_memory(vm: &VmFd, memory: &GuestMemoryMmap) -> Result<()> {
    for (slot, region) in memory.iter().enumerate() {
        let host = memory.get_host_address(region.start_addr())?;
        let slot = kvm_userspace_memory_region {
            slot: slot as u32,
            guest_phys_addr: region.start_addr().0,
            memory_size: region.len(),
            userspace_addr: host as u64,
            flags: 0,
        };
        // SAFETY: the region is mapped as long as `memory` is, which outlives the VM.
        unsafe { vm.set_user_memory_region(slot)? };
    }
    Ok(())
}

/// Returns where it is and how long.
fn load_initrd(memory: &GuestMemoryMmap, path: &str) -> Result<(u64, u64)> {
    let mut file = File::open(path)?;
    let len = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    memory.read_exact_volatile_from(GuestAddress(board::INITRD), &mut file, len as usize)?;
    Ok((board::INITRD, len))
}

fn run(kernel: &str, initrd: &str, vcpus: u64, words: &str) -> Result<()> {
    let vm = Kvm::new()?.create_vm()?;
    let memory = GuestMemoryMmap::from_ranges(&[(
        GuestAddress(board::RAM),
        board::RAM_SIZE as usize,
    )])?;
    add_memory(&vm, &memory)?;

    let mut image = File::open(kernel)?;
    let entry = PE::load(&memory, Some(GuestAddress(board::RAM)), &mut image, None)?;
    let initrd = load_initrd(&memory, initrd)?;
    let tree = board::device_tree(vcpus, initrd, words)?;
    memory.write_slice(&tree, GuestAddress(board::TREE))?;

    let irq = EventFd::new(libc::EFD_NONBLOCK)?;
    let mut fds = Vec::new();
    for id in 0..vcpus {
        let start = (id == 0).then_some((entry.kernel_load.0, board::TREE));
        fds.push(vcpu::create(&vm, id, start)?);
    }
    let _gic = board::create_gic(&vm, vcpus)?;
    vm.register_irqfd(&irq, board::SERIAL_SPI)?;
    let line: Line = Arc::new(Mutex::new(Serial::new(Irq(irq), stdout())));

    for fd in fds.drain(1..) {
        let line = line.clone();
        thread::spawn(move || {
            if let Err(error) = vcpu::run(fd, &line) {
                eprintln!("static-vmm: {error}");
                std::process::exit(1);
            }
        });
    }
    vcpu::run(fds.remove(0), &line)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let vcpus = args.get(3).and_then(|n| n.parse().ok());
    let (Some(vcpus), 5) = (vcpus, args.len()) else {
        eprintln!("usage: static-vmm KERNEL INITRD VCPUS \"COMMAND LINE\"");
        std::process::exit(2);
    };
    if let Err(error) = run(&args[1], &args[2], vcpus, &args[4]) {
        eprintln!("static-vmm: {error}");
        std::process::exit(1);
    }
}
