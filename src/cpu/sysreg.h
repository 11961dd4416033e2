/* SPDX-License-Identifier: MIT */
/*
 * The table of system registers: one row per register in cpu/sysregs.def,
 *
 *   REG(name, op0, op1, CRn, CRm, op2, field, reset, access, gmask, hooks,
 *       flags, wmask)
 *
 *  field   member of struct cpu_sysregs that stores it, or none
 *  reset   value cpu_reset() gives (ID registers: cpu_init())
 *  access  who may do what by MRS and MSR, ACC_*
 *  gmask   bits a guest write changes; the others keep their value
 *  hooks   what reading or writing does beyond the storage, HOOKS(...)
 *  flags   SYSREG_* for the environment (ONE_REG)
 *  wmask   ID registers and CLIDR_EL1: bits userspace may change. With
 *	    SYSREG_RAZ a mask that is not zero means that userspace writes are
 *	    ignored (AArch32 registers of a host without AArch32), zero that
 *	    only 0 is accepted
 *
 * What a guest sees follows Linux 6.12 KVM on a host with our features
 * (arch/arm64/kvm/sys_regs.c for which registers are emulated, hidden or
 * undefined); an encoding without a row is UNDEFINED to the guest.
 */
#ifndef FAUXKVM_CPU_SYSREG_H
#define FAUXKVM_CPU_SYSREG_H

#include "cpu/cpu.h"

enum sysreg_access {
	ACC_NONE,   /* storage for userspace; the guest gets UNDEFINED */
	ACC_RO,     /* EL1 reads */
	ACC_RW,     /* EL1 */
	ACC_WO,     /* EL1 writes */
	ACC_RO0,    /* EL1 and EL0 read */
	ACC_WO0,    /* EL1 and EL0 write */
	ACC_RW0,    /* EL1 and EL0 */
	ACC_RW_RO0, /* EL1 reads and writes, EL0 reads */
};

struct sysreg_row;

struct sysreg_hooks {
	/* NULL: the storage. False: UNDEFINED for this VM or in this state. */
	bool (*read)(struct cpu *cpu, const struct sysreg_row *row,
		     uint64_t *val);
	bool (*write)(struct cpu *cpu, const struct sysreg_row *row,
		      uint64_t val);
	/* EL0 access that an EL1 control may trap: true if it does. */
	bool (*trap_el0)(struct cpu *cpu, const struct sysreg_row *row,
			 bool write);
	/* cpu_sysreg_get() and cpu_sysreg_set(), if not just the storage. */
	uint64_t (*get)(const struct cpu *cpu, const struct sysreg_row *row);
	void (*set)(struct cpu *cpu, const struct sysreg_row *row,
		    uint64_t val);
	/* The storage was changed, by the guest or from outside. */
	void (*changed)(struct cpu *cpu, const struct sysreg_row *row,
			uint64_t old);
	/* Floating-point register: CPACR_EL1.FPEN traps it; and one of SVE: ZEN. */
	bool fp, sve;
	/* Every access is KVM's, so it is KVM that makes up the exception where
	 * read() or write() say UNDEFINED. */
	bool trapped;
};

/* pmu-regs.c */
extern const struct sysreg_hooks hooks_pmcr, hooks_pmcnten, hooks_pminten,
	hooks_pmovs, hooks_pmswinc, hooks_pmselr, hooks_pmceid, hooks_pmcntr,
	hooks_pmtype, hooks_pmuserenr, hooks_pmmir;

#define SYSREG_NO_FIELD 0xffff

struct sysreg_row {
	struct cpu_sysreg_info info;
	uint64_t gmask;
	const struct sysreg_hooks *hooks;
	uint16_t offset; /* in struct cpu_sysregs */
	uint8_t access;  /* enum sysreg_access */
};

/* Where the register is, of a row that has a field. */
static inline uint64_t *sysreg_storage(struct cpu *cpu,
				       const struct sysreg_row *row)
{
	return (uint64_t *)((char *)&cpu->sys + row->offset);
}

const struct sysreg_row *sysreg_row(unsigned int n);
/* NULL if there is none; @n (may be NULL) gets its number. */
const struct sysreg_row *sysreg_row_find(uint32_t enc, unsigned int *n);

/* ID registers and those a second reset leaves alone: cpu_init(). */
void sysregs_init(struct cpu *cpu);
void sysregs_reset(struct cpu *cpu);

/* The core has SVE, though the VM may not. */
bool sysreg_core_has_sve(const struct cpu *cpu);

/*
 * MRS and MSR by @row with every check; *val is what is in the register that is
 * read into. SYSREG_UNDEF: no exception has been
 * taken, the caller does; SYSREG_HIDDEN: that KVM makes up; SYSREG_TRAP: EC
 * 0x18; SYSREG_TRAP_FP: FP trap; SYSREG_TRAP_SVE: EC 0x19.
 */
enum sysreg_answer {
	SYSREG_DONE,
	SYSREG_UNDEF,
	SYSREG_HIDDEN,
	SYSREG_TRAP,
	SYSREG_TRAP_FP,
	SYSREG_TRAP_SVE,
};
enum sysreg_answer sysreg_mrs(struct cpu *cpu, const struct sysreg_row *row,
			      uint64_t *val);
enum sysreg_answer sysreg_msr(struct cpu *cpu, const struct sysreg_row *row,
			      uint64_t val);

#endif
