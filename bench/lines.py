# SPDX-License-Identifier: MIT
#
# The lines of scripts/bench: what bench/guest.c and the test VMM measure, and the
# machine that each needs.


class Line:
    """A line of bench/guest.c, with the machine that it needs. nested: it is
    about leaving the guest, so a KVM within TCG is another thing to compare
    with. sve: the length of vectors in bits. wanted: the ratio to TCG that we are after."""

    def __init__(self, name, what, wanted=None, gic=3, smp=1, nested=False,
                 ioctl=False, sve=0):
        self.name = name
        self.what = what
        self.wanted = wanted
        self.gic = gic
        self.smp = smp
        self.nested = nested
        self.ioctl = ioctl
        self.sve = sve

    def vmm(self, vmm, guest, how):
        """The command for the test VMM; how long, and what of it counts."""
        return [vmm, '--timeout', '60', '--gic', str(self.gic),
                *(['--its'] if self.gic == 3 else []),
                *(['--sve'] if self.sve else []),
                '--smp', str(self.smp),
                '--args', '%s %s kvm' % (self.name, how), guest]


LINES = [
    Line('integer', 'load, add, eor with shift, store, index, compare and '
         'branch (8 instructions)', wanted=2.4),
    Line('calls', 'BL and RET, BLR and RET, a compare-and-branch in each (9)',
         wanted=3),
    Line('memory', 'copy 512 KiB with LDP and STP, 32 bytes a round (6)',
         wanted=2.5),
    Line('fp', 'double precision multiply, add, fused multiply-add, divide, '
         'compare, select, in one chain (10)', wanted=2.8),
    Line('fp-parallel', 'multiply, add, fused multiply-add in four chains that '
         'do not wait for each other (14)', wanted=6),
    Line('simd', 'integer, saturating, permute and single precision vector '
         'instructions, a store and a load (12)', wanted=6),
    Line('rsa', 'Montgomery multiplication of 2048 bits: LDP, MUL, UMULH, ADDS, '
         'ADCS, STP (26 for four words)', wanted=1.9),
    Line('sve-copy', 'LD1B and ST1B by predicates of WHILELO, 256 bits (5); '
         'bytes', sve=256),
    Line('sve-dot', 'FADD, FMLA of two arrays of doubles, likewise (7); '
         'elements', sve=256),
    Line('sve-int', 'ADD, MUL, EOR of two arrays of words, likewise (9); '
         'elements', sve=256),
    Line('strings', 'look a word up among 36 by string comparison, eight bytes '
         'at a time; comparisons'),
    Line('dispatch', 'an interpreter of byte codes, a switch by table; byte '
         'codes'),
    Line('exceptions', "SVC to EL1's own vector and ERET", wanted=20),
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
         'device callback, there is no exit)', wanted=1, nested=True),
    Line('irqfd', "a store to the VMM, which signals an irqfd, to the handler's "
         'end (under TCG: the GICv2m)', gic=2, nested=True),
    Line('lpi', 'a store to the VMM, which does KVM_SIGNAL_MSI, to the '
         "handler's end (under TCG: the ITS)", nested=True),
    Line('ioctl-check-extension', 'a system call of the VMM through the shim',
         nested=True, ioctl=True),
    Line('ioctl-get-one-reg', 'the same', nested=True, ioctl=True),
    Line('ioctl-run-immediate-exit', 'the same', nested=True, ioctl=True),
]


# Boots, by the number of vCPUs: the wanted ratio to TCG of processor and wall
# time, and to our wall time with two.
BOOTS = [1, 2, 4, 8]
BOOT_WANTED = {1: 0.75}
SCALING_WANTED = {4: 1.15, 8: 1.6}


def boot_name(smp):
    return 'boot-smp%d' % smp
