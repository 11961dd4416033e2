# SPDX-License-Identifier: MIT
#
# The lines of scripts/bench: what bench/guest.c and the test VMM measure, and the
# machine that each needs.


class Line:
    """A line of bench/guest.c, with the machine that it needs. nested: it is
    about leaving the guest, so a KVM within TCG is another thing to compare
    with."""

    def __init__(self, name, what, gic=3, smp=1, nested=False, ioctl=False):
        self.name = name
        self.what = what
        self.gic = gic
        self.smp = smp
        self.nested = nested
        self.ioctl = ioctl

    def vmm(self, vmm, guest, ms):
        """The command for the test VMM."""
        return [vmm, '--timeout', '60', '--gic', str(self.gic),
                *(['--its'] if self.gic == 3 else []),
                '--smp', str(self.smp),
                '--args', '%s %d kvm' % (self.name, ms), guest]


LINES = [
    Line('integer', 'load, add, eor with shift, store, index, compare and '
         'branch (8 instructions)'),
    Line('calls', 'BL and RET, BLR and RET, a compare-and-branch in each (9)'),
    Line('memory', 'copy 512 KiB with LDP and STP, 32 bytes a round (6)'),
    Line('fp', 'double precision multiply, add, fused multiply-add, divide, '
         'compare, select, in one chain (10)'),
    Line('fp-parallel', 'multiply, add, fused multiply-add in four chains that '
         'do not wait for each other (14)'),
    Line('simd', 'integer, saturating, permute and single precision vector '
         'instructions, a store and a load (12)'),
    Line('rsa', 'Montgomery multiplication of 2048 bits: LDP, MUL, UMULH, ADDS, '
         'ADCS, STP (26 for four words)'),
    Line('strings', 'look a word up among 36 by string comparison, eight bytes '
         'at a time; comparisons'),
    Line('dispatch', 'an interpreter of byte codes, a switch by table; byte '
         'codes'),
    Line('exceptions', "SVC to EL1's own vector and ERET"),
    Line('syscalls', 'SVC from EL0, all registers saved, a call by table, all '
         'restored, ERET'),
    Line('page-churn', 'a page mapped, written, unmapped, TLBI VAE1IS'),
    Line('switches', 'from a program at EL0 to another in its own address space '
         '(TTBR0 and ASID), which touches 8 pages'),
    Line('ipi', 'an SGI to a vCPU that executes, until its handler was there',
         smp=2, nested=True),
    Line('ipi-wfi', 'the same to a vCPU in WFI', smp=2, nested=True),
    Line('timer', "the virtual timer's interrupt, due when it is set",
         nested=True),
    Line('gicv2-mmio', 'an access to the distributor', gic=2, nested=True),
    Line('gicv3-mmio', 'an access to the distributor or the redistributor',
         nested=True),
    Line('hypercalls', 'HVC, PSCI_VERSION, answered in the kernel model',
         nested=True),
    Line('mmio-exits', 'a load that leaves KVM_RUN to the VMM (under TCG: a '
         'device callback, there is no exit)', nested=True),
    Line('irqfd', "a store to the VMM, which signals an irqfd, to the handler's "
         'end (under TCG: the GICv2m)', gic=2, nested=True),
    Line('lpi', 'a store to the VMM, which does KVM_SIGNAL_MSI, to the '
         "handler's end (under TCG: the ITS)", nested=True),
    Line('ioctl-check-extension', 'a system call of the VMM through the shim',
         nested=True, ioctl=True),
    Line('ioctl-get-one-reg', 'the same', nested=True, ioctl=True),
    Line('ioctl-run-immediate-exit', 'the same', nested=True, ioctl=True),
]


BOOTS = [1, 2, 4, 8]  # vCPUs


def boot_name(smp):
    return 'boot-smp%d' % smp
