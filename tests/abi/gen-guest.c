/* SPDX-License-Identifier: MIT */
/*
 * Random short runs of a guest: a few instructions that leave the guest or
 * touch what KVM emulates, then a store that ends the run with x0 as its data.
 * The guest's exceptions end it as well, with the syndrome. See random.h.
 */
#include "random.h"

#include <stdio.h>
#include <string.h>

#define REG_VBAR  ARM64_SYS_REG(3, 0, 12, 0, 0)
#define REG_SCTLR ARM64_SYS_REG(3, 0, 1, 0, 0)
#define REG_CPACR ARM64_SYS_REG(3, 0, 1, 0, 2)

#define MAX_EXITS 6

/* ---- instructions -------------------------------------------------------- */

static uint32_t icc_reg(void)
{
	/* PMR, IAR0, EOIR0, HPPIR0, BPR0, AP0R0, AP1R0, DIR, RPR, SGI1R, ASGI1R,
	 * SGI0R, IAR1, EOIR1, HPPIR1, BPR1, CTLR, SRE, IGRPEN0, IGRPEN1 */
	return ONE_OF(0xc230, 0xc640, 0xc641, 0xc642, 0xc643, 0xc644, 0xc648,
		      0xc659, 0xc65b, 0xc65d, 0xc65e, 0xc65f, 0xc660, 0xc661,
		      0xc662, 0xc663, 0xc664, 0xc665, 0xc666, 0xc667) &
	       0xffff;
}

static uint32_t access_insn(void)
{
	static const uint32_t insns[] = {
		ASM_LDR_W(0, 9),  ASM_STR_W(10, 9), ASM_LDR_W(0, 9),
		ASM_STR_W(10, 9), ASM_LDR(0, 9),    ASM_STR(10, 9),
		ASM_LDRB(0, 9),   ASM_STRB(10, 9),  ASM_STRH(10, 9),
	};

	if (odd(40))
		return odd(500) ? ASM_LDP(0, 11, 9) : ASM_STP(10, 11, 9);
	return insns[below(LENGTH(insns))];
}

/* Of the PMU, SVE, pointer authentication, MTE: there or not, by the VM. */
static uint32_t hidden_insn(void)
{
	switch (below(4)) {
	case 0: /* PMUSERENR, PMSELR, PMCNTENSET, PMOVSCLR, PMINTENSET */
		return ASM_MRS(0, ONE_OF(SYSREG_ENC(3, 3, 9, 14, 0),
					 SYSREG_ENC(3, 3, 9, 12, 5),
					 SYSREG_ENC(3, 3, 9, 12, 1),
					 SYSREG_ENC(3, 3, 9, 12, 3),
					 SYSREG_ENC(3, 0, 9, 14, 1)) &
					  0xffff);
	case 1: /* ZCR, GCR, RGSR, TFSR, APIAKeyLo, APGAKeyHi, SCXTNUM */
		return (odd(500) ? ASM_MRS(0, 0) : ASM_MSR(0, 10)) |
		       ONE_OF(SYSREG_ENC(3, 0, 1, 2, 0),
			      SYSREG_ENC(3, 0, 1, 0, 6),
			      SYSREG_ENC(3, 0, 1, 0, 5),
			      SYSREG_ENC(3, 0, 5, 6, 0),
			      SYSREG_ENC(3, 0, 2, 1, 0),
			      SYSREG_ENC(3, 0, 2, 3, 1),
			      SYSREG_ENC(3, 0, 13, 0, 7))
			       << 5;
	case 2: /* ptrue p0.b; rdvl x0, #1; fmov d0, x0 */
		return ONE_OF(0x2518e3e0, 0x04bf5020, 0x9e670000);
	default: /* PMCNTENSET, PMSELR, PMUSERENR */
		return ASM_MSR(ONE_OF(SYSREG_ENC(3, 3, 9, 12, 1),
				      SYSREG_ENC(3, 3, 9, 12, 5),
				      SYSREG_ENC(3, 3, 9, 14, 0)) &
				       0xffff,
			       14);
	}
}

/* CVAL far off or long past, whatever the time is; CTL. */
static uint32_t timer_insn(void)
{
	uint32_t crm = 2 + below(2);

	if (odd(300))
		return ASM_MRS(0, SYSREG_ENC(3, 3, 14, crm, 2));
	return odd(500) ? ASM_MSR(SYSREG_ENC(3, 3, 14, crm, 2), 13)
			: ASM_MSR(SYSREG_ENC(3, 3, 14, crm, 1), 14);
}

static uint32_t sysreg_insn(void)
{
	uint32_t enc = icc_reg();

	if (odd(150))
		enc = SYSREG_ENC(3, 0, 0, below(8), below(8));
	if (odd(60))
		enc = SYSREG_ENC(2, 0, 0, below(16), 4 + below(4));
	if (odd(100))
		return hidden_insn();
	if (odd(150))
		return timer_insn();
	return odd(500) ? ASM_MRS(0, enc) : ASM_MSR(enc, 10);
}

static uint32_t pick_insn(void)
{
	switch (below(10)) {
	case 0:
	case 1:
	case 2:
	case 3: return access_insn();
	case 4:
	case 5: return sysreg_insn();
	case 6:
		return odd(200) ? ASM_SMC(odd(100) ? 1 : 0)
				: ASM_HVC(odd(50) ? 1 : 0);
	case 7:
		/* No WFI: QEMU's TCG does not wait when it is stepped. */
		return ONE_OF(ASM_NOP, ASM_WFE, ASM_ISB, ASM_DSB,
			      ASM_TLBI_VMALLE1, ASM_IC_IALLU, ASM_NOP);
	case 8:
		return ONE_OF(ASM_DAIFCLR(2), ASM_DAIFCLR(15), ASM_DAIFSET(2),
			      ASM_DAIFCLR(4));
	default:
		return odd(300) ? ONE_OF(ASM_BRK(0), ASM_SVC(0), ASM_UDF,
					 ASM_HLT(0), ASM_SVC(7))
				: access_insn();
	}
}

/* ---- what it works on ---------------------------------------------------- */

static uint64_t function_id(void)
{
	if (odd(50))
		return wild();
	/* Not TRNG_RND and PTP: they answer differently every time. */
	return ONE_OF(0x84000000, 0x84000001, 0x84000002, 0x84000003,
		      0xc4000001, 0xc4000003, 0x84000004, 0xc4000004,
		      0x84000005, 0xc4000005, 0x84000006, 0x84000007,
		      0x84000008, 0x84000009, 0x8400000a, 0x8400000e,
		      0xc400000e, 0x84000012, 0xc4000012, 0x80000000,
		      0x80000001, 0x80008000, 0x80007fff, 0x80003fff,
		      0x84000050, 0x84000051, 0x84000052, 0xc5000020,
		      0xc5000021, 0x8600ff01, 0x86000000, 0x95c1ba5e,
		      0x95c1ba5f, 0x95c1ba60, 0x95c1ba61, 0x86000001 + 0x100);
}

static uint64_t data_address(void)
{
	uint64_t at;

	switch (below(8)) {
	case 0: at = GPA_MMIO + 0x1000 + below(0x100) * 8; break;
	case 1: at = GPA_MMIO + 0x2000 + below(8) * 8; break;
	case 2: at = RAM_GPA + OFF_DATA + below(64) * 0x1000; break;
	case 3: at = GPA_MORE + below(64) * 0x8000; break;
	case 4:
		at = GPA_GICD + below(10) * 0x80 + below(4) * 4;
		if (odd(300))
			at = GPA_GICD + ONE_OF(0, 4, 8, 0x400, 0x424, 0xc04,
					       0xf00, 0xf10, 0xf20, 0x6100,
					       0xffe8, 0xd00);
		break;
	case 5:
		at = options.gicv2
			     ? GPA_GICC + ONE_OF(0, 4, 8, 0xc, 0x10, 0x14, 0x18,
						 0x1c, 0xd0, 0xfc, 0x1000)
			     : GPA_GICR + below(2) * 0x20000 +
				       ONE_OF(0, 8, 0x14, 0x70, 0x78, 0x10080,
					      0x10100, 0x10180, 0x10200,
					      0x10280, 0x10300, 0x10400,
					      0x10c00, 0xffe8);
		break;
	case 6:
		at = GPA_ITS + ONE_OF(0, 4, 8, 0x80, 0x88, 0x90, 0x100, 0x108,
				      0xffe8, 0x10040, 0x10040);
		break;
	default: at = ONE_OF(0, 1ull << 39, 1ull << 40, 0x0a000000);
	}
	return at & ~7ull;
}

static uint64_t data_value(void)
{
	return odd(300) ? wild()
			: ONE_OF(0, 1, 2, 27, 33, 40, 1023, 0xff, 0xffffffff,
				 0x1000001, 8192);
}

/* ---- the run ------------------------------------------------------------- */

int reg_quiet(int fd, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&val};

	return ioctl(fd, KVM_SET_ONE_REG, &reg) ? errno : 0;
}

int reg_say(int fd, unsigned int n, uint64_t val)
{
	say(" x%u=%#llx", n, (unsigned long long)val);
	return reg_quiet(fd, REG_X(n), val);
}

/* Calls leave x9 and x10 alone. */
static int regs_put(int fd, uint64_t pc, bool odd_access)
{
	uint64_t at;
	int err = 0;

	err |= reg_say(fd, 0, function_id());
	err |= reg_say(fd, 1, below(4));
	err |= reg_say(fd, 2, odd(500) ? RAM_GPA + OFF_CODE : wild());
	err |= reg_say(fd, 3, below(4));
	at = data_address();
	if (options.gicv2 && odd_access && at - GPA_GICC < 0x2000)
		at += GPA_MMIO + 0x2000 - GPA_GICC;
	err |= reg_say(fd, 9, at);
	err |= reg_say(fd, 10, data_value());
	err |= reg_say(fd, 13, ONE_OF(0, 1ull << 62, -1ull));
	err |= reg_say(fd, 14, below(4));
	if (odd(300))
		err |= reg_quiet(fd, REG_CPACR, 3u << 20 | 3u << 16);
	err |= reg_quiet(fd, REG_X(20), GPA_MMIO);
	err |= reg_quiet(fd, REG_PSTATE,
			 odd(100)  ? 0x5
			 : odd(60) ? 0x3c0 /* EL0 */
				   : 0x3c5);
	err |= reg_quiet(fd, REG_VBAR, RAM_GPA + OFF_VECTORS);
	err |= reg_quiet(fd, REG_SCTLR, 0x30d00800);
	err |= reg_quiet(fd, REG_PC, pc);
	return err;
}

static void say_exit(const struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		say(" %s%u %#llx", run->mmio.is_write ? "w" : "r",
		    run->mmio.len, (unsigned long long)run->mmio.phys_addr);
		if (run->mmio.is_write && run->mmio.len <= 8) {
			say(":");
			say_bytes(run->mmio.data, run->mmio.len);
		}
		break;
	case KVM_EXIT_HYPERCALL:
		say(" hypercall %#llx flags=%#llx",
		    (unsigned long long)run->hypercall.nr,
		    (unsigned long long)run->hypercall.flags);
		break;
	case KVM_EXIT_SYSTEM_EVENT:
		say(" event %u ndata=%u data=%#llx", run->system_event.type,
		    run->system_event.ndata,
		    (unsigned long long)run->system_event.data[0]);
		break;
	case KVM_EXIT_ARM_NISV:
		say(" nisv %#llx %#llx",
		    (unsigned long long)run->arm_nisv.esr_iss,
		    (unsigned long long)run->arm_nisv.fault_ipa);
		break;
	case KVM_EXIT_DEBUG:
		say(" debug %#x", run->debug.arch.hsr);
		/* Only a watchpoint has an address. */
		if (run->debug.arch.hsr >> 26 == 0x34)
			say(" %#llx", (unsigned long long)run->debug.arch.far);
		break;
	default: say(" exit %u", run->exit_reason);
	}
}

void guest_exits(int fd, struct kvm_run *run, unsigned int max, uint64_t end)
{
	run->immediate_exit = 0;
	for (unsigned int i = 0; i < max; i++) {
		if (run_limited(fd)) {
			say(" %s", strerrorname_np(errno));
			return;
		}
		say_exit(run);
		if (run->exit_reason != KVM_EXIT_MMIO)
			continue;
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0x5a + i, 8);
		if (run->mmio.phys_addr - GPA_MMIO < end)
			return;
	}
}

/* Other hosts, other values: x0 has been said, and is not asked for later. */
static bool reads_id(uint32_t insn)
{
	return (insn & 0xfffff800) == (ASM_MRS(0, SYSREG_ENC(3, 0, 0, 0, 0)));
}

/* A load or store of anything but a word. To a GICv2's CPU interface, hardware
 * under Linux, it does what the hardware makes of it. */
static bool is_odd_access(uint32_t insn)
{
	return (insn & 0x0a000000) == 0x08000000 && insn != (ASM_LDR_W(0, 9)) &&
	       insn != (ASM_STR_W(10, 9));
}

static void guest(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	uint64_t off = OFF_CODE + n * 0x100;
	uint32_t *code = (uint32_t *)(RAM_HVA(vm) + off);
	uint32_t words = 1 + below(4), i = 0;
	struct kvm_mp_state runnable = {KVM_MP_STATE_RUNNABLE};
	bool ids = false, odd_access = false;

	say(" [");
	/* The first is skipped when it finds an MMIO access to complete. */
	if (odd(700))
		code[i++] = ASM_NOP;
	while (words--) {
		code[i] = pick_insn();
		ids |= reads_id(code[i]);
		odd_access |= is_odd_access(code[i]);
		say("%s%08x", i ? " " : "", code[i]);
		i++;
	}
	say("]");
	code[i++] = ASM_STR(0, 20);
	code[i++] = ASM_B(-1);
	__builtin___clear_cache((char *)code, (char *)(code + i));
	if (odd(800)) {
		say(" runnable");
		ioctl(fd, KVM_SET_MP_STATE, &runnable);
	}
	say(" = %d", regs_put(fd, RAM_GPA + off, odd_access));
	if (world.run[vm][n])
		guest_exits(fd, world.run[vm][n], MAX_EXITS, 0x1000);
	if (ids)
		reg_quiet(fd, REG_X(0), 0);
}

const struct op ops_guest[] = {
	{"guest", guest, 170},
	{0},
};
