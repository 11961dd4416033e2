/* SPDX-License-Identifier: MIT */
/*
 * The registers of the PMU as user space and the guest have them. Which events a
 * host counts differs, so what is counted here is SW_INCR and CHAIN, which KVM
 * counts itself, and cycles.
 */
#include "pmu.h"

/* ---- registers of user space --------------------------------------------- */

static void hidden(void)
{
	static const uint32_t encs[] = {
		PMINTENSET,   PMINTENCLR,    PMCR,        PMCNTENSET,
		PMCNTENCLR,   PMOVSCLR,      PMSWINC,     PMSELR,
		PMCEID0,      PMCCNTR,       PMXEVTYPER,  PMXEVCNTR,
		PMUSERENR,    PMOVSSET,      PMEVCNTR(0), PMEVCNTR(30),
		PMEVTYPER(0), PMEVTYPER(30), PMCCFILTR,
	};
	struct abi_vm v;
	uint64_t val;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < sizeof(encs) / sizeof(*encs); i++) {
		uint64_t id = 0x6030000000130000ull | encs[i];

		CHECK(!abi_reg_get(v.vcpu, id, &val) && errno == ENOENT);
		CHECK(!abi_reg_set(v.vcpu, id, 0) && errno == ENOENT);
	}
	EQUAL(pm_get(&v, DFR0) >> 8 & 15, 0);
	val = pm_get(&v, DFR0);
	CHECK(!abi_reg_set(v.vcpu, 0x6030000000130000ull | DFR0, val | 0x100) &&
	      errno == EINVAL);
	CHECK(abi_reg_set(v.vcpu, 0x6030000000130000ull | DFR0, val | 0xf00));
	EQUAL(pm_get(&v, DFR0), val);

	/* And some are hidden with the feature, too. */
	open_pmu(&v, ABI_NO_GIC);
	CHECK(!abi_reg_get(v.vcpu, 0x6030000000130000ull | PMCEID0, &val) &&
	      errno == ENOENT);
	CHECK(!abi_reg_get(v.vcpu, 0x6030000000130000ull | PMCEID1, &val) &&
	      errno == ENOENT);
	CHECK(!abi_reg_get(v.vcpu, 0x6030000000130000ull | PMXEVTYPER, &val) &&
	      errno == ENOENT);
	CHECK(!abi_reg_set(v.vcpu, 0x6030000000130000ull | PMXEVCNTR, 0) &&
	      errno == ENOENT);
}

/* Of PMEVTYPER<n>_EL0, what the guest has. */
static uint64_t type_bits(const struct abi_vm *v)
{
	uint64_t bits = 0xc0000000;

	bits |= (pm_get(v, DFR0) >> 8 & 15) == 1 ? 0x3ff : 0xffff;
	bits |= pm_get(v, PFR0) >> 8 & 15 ? 1 << 27 : 0;
	bits |= pm_get(v, PFR0) >> 12 & 15 ? 0x34000000 : 0; /* EL3 */
	return bits;
}

static uint64_t lc(const struct abi_vm *v)
{
	return (pm_get(v, PFR0) & 15) == 2 ? 0 : 0x40;
}

static void reset_values(void)
{
	struct abi_vm v;
	unsigned int host;
	uint64_t bits;

	open_pmu(&v, ABI_NO_GIC);
	host = nr_events(&v);
	bits = UNKNOWN & (CYCLE | ((1u << host) - 1));
	for (int i = 0; i < 2; i++) {
		EQUAL(pm_get(&v, PMCR), PMCR_N(host) | lc(&v));
		EQUAL(pm_get(&v, PMINTENSET), bits);
		EQUAL(pm_get(&v, PMINTENCLR), bits);
		EQUAL(pm_get(&v, PMCNTENSET), bits);
		EQUAL(pm_get(&v, PMCNTENCLR), bits);
		EQUAL(pm_get(&v, PMOVSSET), bits);
		EQUAL(pm_get(&v, PMOVSCLR), bits);
		EQUAL(pm_get(&v, PMSWINC), 0);
		EQUAL(pm_get(&v, PMSELR), 0x1e);
		EQUAL(pm_get(&v, PMUSERENR), 0);
		EQUAL(pm_get(&v, PMCCNTR), UNKNOWN);
		EQUAL(pm_get(&v, PMCCFILTR), 0);
		for (unsigned int n = 0; n < 31; n++) {
			EQUAL(pm_get(&v, PMEVCNTR(n)), (uint32_t)UNKNOWN);
			EQUAL(pm_get(&v, PMEVTYPER(n)),
			      UNKNOWN & type_bits(&v));
		}
		for (unsigned int n = 0; n < 31; n++) {
			pm_set(&v, PMEVCNTR(n), n);
			pm_set(&v, PMEVTYPER(n), n);
		}
		pm_set(&v, PMUSERENR, 5);
		pm_set(&v, PMCCFILTR, 5);
		pm_set(&v, PMCR, PMCR_N(host) | 0xff);
		OK(abi_init(&v));
	}
}

/* What is written as it is, and what is not. */
static void writes(void)
{
	struct abi_vm v;

	open_pmu(&v, ABI_NO_GIC);
	pm_set(&v, PMCCNTR, ~0ull);
	EQUAL(pm_get(&v, PMCCNTR), ~0ull);
	pm_set(&v, PMSWINC, ~0ull);
	EQUAL(pm_get(&v, PMSWINC), 0);
	pm_set(&v, PMSELR, ~0ull);
	EQUAL(pm_get(&v, PMSELR), ~0ull);
	pm_set(&v, PMUSERENR, ~0ull);
	EQUAL(pm_get(&v, PMUSERENR), ~0ull);
	pm_set(&v, PMCCFILTR, ~0ull);
	EQUAL(pm_get(&v, PMCCFILTR), ~0ull);
	for (unsigned int n = 0; n < 31; n++) {
		pm_set(&v, PMEVTYPER(n), ~0ull - n);
		EQUAL(pm_get(&v, PMEVTYPER(n)), ~0ull - n);
		pm_set(&v, PMEVCNTR(n), ~0ull - n);
		EQUAL(pm_get(&v, PMEVCNTR(n)), (pm_get(&v, DFR0) >> 8 & 15) >= 6
						       ? ~0ull - n
						       : 0xffffffff - n);
	}
}

static void sets_and_clears(void)
{
	static const uint32_t pairs[][2] = {{PMINTENSET, PMINTENCLR},
					    {PMCNTENSET, PMCNTENCLR},
					    {PMOVSSET, PMOVSCLR}};
	struct abi_vm v;
	unsigned int host;
	uint64_t all;

	open_pmu(&v, ABI_NO_GIC);
	host = nr_events(&v);
	all = (1u << host) - 1;
	for (int i = 0; i < 3; i++) {
		uint32_t set = pairs[i][0], clear = pairs[i][1];

		pm_set(&v, set, ~0ull);
		EQUAL(pm_get(&v, clear), CYCLE | all);
		pm_set(&v, clear, CYCLE | 0x15);
		EQUAL(pm_get(&v, set), all & ~0x15);
		pm_set(&v, set, 0);
		EQUAL(pm_get(&v, set), all & ~0x15);
		pm_set(&v, clear, 0);
		EQUAL(pm_get(&v, set), all & ~0x15);
		pm_set(&v, set, CYCLE);
		EQUAL(pm_get(&v, set), CYCLE | (all & ~0x15));
	}
	/* With fewer counters, fewer bits; they come back. */
	pm_set(&v, PMCR, PMCR_N(2));
	for (int i = 0; i < 3; i++) {
		EQUAL(pm_get(&v, pairs[i][0]), CYCLE | 2);
		pm_set(&v, pairs[i][0], ~0ull);
		EQUAL(pm_get(&v, pairs[i][1]), CYCLE | 3);
	}
	pm_set(&v, PMCR, PMCR_N(host));
	for (int i = 0; i < 3; i++)
		EQUAL(pm_get(&v, pairs[i][0]), CYCLE | (all & ~0x14));
	pm_set(&v, PMCR, PMCR_N(0));
	for (int i = 0; i < 3; i++)
		EQUAL(pm_get(&v, pairs[i][0]), CYCLE);
}

static void number_of_counters(void)
{
	struct abi_vm v;
	unsigned int host;
	int vcpu;

	open_ready(&v);
	host = nr_events(&v);
	vcpu = abi_vcpu(&v, 1, NULL);
	for (unsigned int n = 0; n <= host; n++) {
		pm_set(&v, PMCR, PMCR_N(n));
		EQUAL(pm_get(&v, PMCR), PMCR_N(n) | lc(&v));
		/* The VM's, not the vCPU's. */
		EQUAL(reg_get(vcpu, 0x6030000000130000ull | PMCR),
		      PMCR_N(n) | lc(&v));
	}
	pm_set(&v, PMCR, PMCR_N(3));
	pm_set(&v, PMCR, PMCR_N(host + 1) | ~0xffffull | 0x7ff);
	EQUAL(pm_get(&v, PMCR), PMCR_N(3) | 0xff);
	/* A first run takes what is written: E stays, P and C are done. */
	pm_set(&v, PMCCNTR, 99);
	pm_set(&v, PMEVCNTR(2), 99);
	pm_set(&v, PMEVCNTR(3), 99);
	pm_set(&v, PMCNTENCLR, ~0ull);
	GUEST(&v, 0, ASM_LEAVE);
	abi_run_nothing(&v);
	EQUAL(pm_get(&v, PMCR), PMCR_N(3) | 0xff);
	EQUAL(pm_get(&v, PMCCNTR), 99);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(pm_get(&v, PMCR) & ~0x80ull, PMCR_N(3) | 0x79);
	EQUAL(pm_get(&v, PMCCNTR), 0);
	EQUAL(pm_get(&v, PMEVCNTR(2)), 0);
	EQUAL(pm_get(&v, PMEVCNTR(3)), 99);
	/* Now N stays, the rest can be written, and nothing is done. */
	pm_set(&v, PMCCNTR, 99);
	pm_set(&v, PMCR, PMCR_N(5) | 0x46);
	EQUAL(pm_get(&v, PMCR), PMCR_N(3) | 0x46);
	EQUAL(pm_get(&v, PMCCNTR), 99);
	/* A reset does not change N either. */
	OK(abi_init(&v));
	EQUAL(pm_get(&v, PMCR), PMCR_N(3) | lc(&v));
	EQUAL(pm_get(&v, PMCNTENSET), UNKNOWN & (CYCLE | 7));
}

/* PMUVer: what the host has, or less, or none. */
static void version(void)
{
	uint64_t id = 0x6030000000130000ull | DFR0, was;
	struct abi_vm v;

	open_pmu(&v, ABI_NO_GIC);
	was = pm_get(&v, DFR0);
	CHECK(was >> 8 & 15);
	for (uint64_t ver = 0; ver < 15; ver++) {
		uint64_t val = (was & ~0xf00ull) | ver << 8;

		if (ver <= (was >> 8 & 15)) {
			CHECK(abi_reg_set(v.vcpu, id, val));
			EQUAL(pm_get(&v, DFR0), val);
		} else {
			CHECK(!abi_reg_set(v.vcpu, id, val) && errno == EINVAL);
		}
	}
	CHECK(abi_reg_set(v.vcpu, id, was | 0xf00));
	EQUAL(pm_get(&v, DFR0), was & ~0xf00ull);
	/* Events of Armv8.0 have 10 bits. */
	pm_set(&v, DFR0, (was & ~0xf00ull) | 0x100);
	OK(abi_init(&v));
	EQUAL(pm_get(&v, PMEVTYPER(0)), UNKNOWN & type_bits(&v));
	EQUAL(pm_get(&v, PMEVTYPER(0)) & 0xffff, 0x00de);
	/* The filter goes by the host's. */
	if ((was >> 8 & 15) > 1)
		OK(set_filter(v.vcpu, 0x400, 1, 0));
}

/* ---- the guest ----------------------------------------------------------- */

/* The vector of an exception from the EL1 that runs; x1 and x2: ESR, ELR. */
static void vectors(struct abi_vm *v)
{
	static const uint32_t code[] = {ASM_MRS(1, SYSREG_ENC(3, 0, 5, 2, 0)),
					ASM_MRS(2, SYSREG_ENC(3, 0, 4, 0, 1)),
					ASM_LEAVE, ASM_B_SELF};

	for (uint64_t off = 0x8000; off < 0x8800; off += 0x80)
		memcpy(v->ram + off, code, sizeof(code));
	reg_set(v->vcpu, REG_VBAR, GUEST_BASE + 0x8000);
}

/* One instruction: true if it was done, false if UNDEFINED. x0 is its. */
static bool guest_does(struct abi_vm *v, uint32_t insn, uint64_t pstate)
{
	uint32_t code[] = {insn, ASM_LEAVE, ASM_B_SELF};

	abi_run_nothing(v);
	reg_set(v->vcpu, REG_PSTATE, pstate);
	reg_set(v->vcpu, REG_X(2), 0);
	abi_guest_load(v, 0, code, sizeof(code) / 4);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	if (reg_get(v->vcpu, REG_PC) < GUEST_BASE + 0x8000)
		return true;
	EQUAL(reg_get(v->vcpu, REG_X(1)), 0x02000000);
	EQUAL(reg_get(v->vcpu, REG_X(2)), GUEST_BASE);
	return false;
}

static bool guest_reads(struct abi_vm *v, uint32_t enc, uint64_t *val)
{
	bool done = guest_does(v, ASM_MRS(0, enc), 0x3c5);

	*val = reg_get(v->vcpu, REG_X(0));
	return done;
}

static bool guest_writes(struct abi_vm *v, uint32_t enc, uint64_t val)
{
	reg_set(v->vcpu, REG_X(0), val);
	return guest_does(v, ASM_MSR(enc, 0), 0x3c5);
}

static void undefined_without_feature(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	vectors(&v);
	CHECK(!guest_does(&v, ASM_MRS(0, PMCR), 0x3c5));
	CHECK(!guest_does(&v, ASM_MSR(PMSWINC, 0), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMCEID0), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMUSERENR), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMUSERENR), 0x3c0));
	CHECK(!guest_does(&v, ASM_MRS(0, PMSELR), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMCCNTR), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMEVCNTR(0)), 0x3c5));
	CHECK(!guest_does(&v, ASM_MSR(PMCCFILTR, 0), 0x3c5));
	CHECK(!guest_does(&v, ASM_MRS(0, PMINTENSET), 0x3c5));
}

static void guest_registers(void)
{
	struct abi_vm v;
	uint64_t val;

	open_ready(&v);
	pm_set(&v, PMCR, PMCR_N(4));
	vectors(&v);
	CHECK(guest_reads(&v, PMCR, &val));
	EQUAL(val, PMCR_N(4) | lc(&v));
	CHECK(guest_writes(&v, PMCR, ~0ull));
	EQUAL(pm_get(&v, PMCR) & ~0x80ull, PMCR_N(4) | 0x79);
	CHECK(guest_writes(&v, PMCR, 0));
	EQUAL(pm_get(&v, PMCR), PMCR_N(4) | lc(&v));
	CHECK(guest_writes(&v, PMCNTENCLR, ~0ull));
	CHECK(guest_writes(&v, PMCNTENSET, ~0ull));
	CHECK(guest_reads(&v, PMCNTENCLR, &val));
	EQUAL(val, CYCLE | 15);
	CHECK(guest_writes(&v, PMINTENSET, ~0ull));
	CHECK(guest_writes(&v, PMINTENCLR, 1));
	CHECK(guest_reads(&v, PMINTENSET, &val));
	EQUAL(val, CYCLE | 14);
	CHECK(guest_writes(&v, PMOVSSET, ~0ull));
	CHECK(guest_writes(&v, PMOVSCLR, 2));
	CHECK(guest_reads(&v, PMOVSSET, &val));
	EQUAL(val, CYCLE | 13);
	CHECK(guest_writes(&v, PMSELR, ~0ull));
	CHECK(guest_reads(&v, PMSELR, &val));
	EQUAL(val, 31);
	CHECK(guest_writes(&v, PMUSERENR, ~0ull));
	CHECK(guest_reads(&v, PMUSERENR, &val));
	EQUAL(val, 15);
	CHECK(!guest_reads(&v, PMSWINC, &val));
	CHECK(!guest_writes(&v, PMCEID0, 0));
	for (unsigned int n = 0; n < 31; n++) {
		EQUAL(guest_writes(&v, PMEVTYPER(n), ~0ull), n < 4);
		EQUAL(guest_reads(&v, PMEVTYPER(n), &val), n < 4);
		if (n < 4)
			EQUAL(val, type_bits(&v));
		EQUAL(guest_writes(&v, PMEVCNTR(n), ~0ull << 8), n < 4);
		EQUAL(guest_reads(&v, PMEVCNTR(n), &val), n < 4);
		if (n < 4)
			EQUAL((uint32_t)val, 0xffffff00);
	}
}

/* By PMSELR, which leads to the cycle counter, too. */
static void selected(void)
{
	struct abi_vm v;
	unsigned int host;
	uint64_t val;

	open_ready(&v);
	host = nr_events(&v);
	vectors(&v);
	for (unsigned int n = 0; n < 32; n++) {
		bool there = n < host || n == 31;

		CHECK(guest_writes(&v, PMSELR, n));
		EQUAL(guest_writes(&v, PMXEVTYPER, 0x3e0 + n), there);
		EQUAL(guest_writes(&v, PMXEVCNTR, 0x700 + n), there);
		EQUAL(guest_reads(&v, PMXEVTYPER, &val), there);
		if (there)
			EQUAL(val, 0x3e0 + n);
		EQUAL(guest_reads(&v, PMXEVCNTR, &val), there);
		if (there)
			EQUAL(val, 0x700 + n);
	}
	EQUAL(pm_get(&v, PMEVTYPER(5)), 0x3e5);
	EQUAL(pm_get(&v, PMEVCNTR(5)), 0x705);
	EQUAL(pm_get(&v, PMCCNTR), 0x71f);
	EQUAL(pm_get(&v, PMCCFILTR), 0x3ff);
}

/* What EL0 may not do is UNDEFINED: KVM comes before EL1's trap. */
static void at_el0(void)
{
	static const struct {
		uint32_t enc;
		uint8_t read, write; /* bits of PMUSERENR_EL0 */
	} rows[] = {
		{PMCR, 1, 1},         {PMCNTENSET, 1, 1},   {PMOVSCLR, 1, 1},
		{PMSWINC, 0, 3},      {PMSELR, 9, 9},       {PMCEID0, 1, 0},
		{PMCCNTR, 5, 1},      {PMXEVTYPER, 1, 1},   {PMXEVCNTR, 9, 1},
		{PMEVCNTR(1), 9, 1},  {PMEVTYPER(1), 1, 1}, {PMCCFILTR, 1, 1},
		{PMUSERENR, 0x10, 0}, {PMINTENSET, 0, 0},
	};
	struct abi_vm v;

	open_ready(&v);
	vectors(&v);
	for (unsigned int rights = 0; rights < 16; rights++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			/* QEMU's TCG forgets KVM's trap where a right other
			 * than EN, which KVM has on, is enough. */
			if (getenv("ABI_TCG") && !(rights & 1) &&
			    ((rows[i].read | rows[i].write) & 14))
				continue;
			pm_set(&v, PMUSERENR, rights);
			pm_set(&v, PMSELR, 1);
			EQUAL(guest_does(&v, ASM_MRS(0, rows[i].enc), 0x3c0),
			      !!(rows[i].read & (rights | 0x10)));
			reg_set(v.vcpu, REG_X(0), 1);
			EQUAL(guest_does(&v, ASM_MSR(rows[i].enc, 0), 0x3c0),
			      !!(rows[i].write & rights));
		}
	}
}

static void software_increments(void)
{
	struct abi_vm v;

	open_ready(&v);
	vectors(&v);
	pm_set(&v, PMCNTENCLR, ~0ull);
	pm_set(&v, PMOVSCLR, ~0ull);
	pm_set(&v, PMINTENCLR, ~0ull);
	pm_set(&v, PMCNTENSET, 0x1f);
	for (unsigned int n = 0; n < 6; n++) {
		pm_set(&v, PMEVTYPER(n), n == 3 || n == 5 ? 0x1e : 0);
		pm_set(&v, PMEVCNTR(n), 0xfffffffe);
	}
	/* Nothing counts without PMCR.E. */
	CHECK(guest_writes(&v, PMSWINC, ~0ull));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(0)), 0xfffffffe);
	CHECK(guest_writes(&v, PMCR, PMCR_E));
	CHECK(guest_writes(&v, PMSWINC, ~0ull));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(0)), 0xffffffff);
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(3)), 0xfffffffe); /* CHAIN */
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(5)), 0xfffffffe); /* not enabled */
	EQUAL(pm_get(&v, PMOVSSET), 0);
	CHECK(guest_writes(&v, PMSWINC, 0x4));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(1)), 0xffffffff);
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(2)), 0);
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(3)), 0xffffffff);
	EQUAL(pm_get(&v, PMOVSSET), 4);
	/* An odd one has nothing behind it. */
	CHECK(guest_writes(&v, PMSWINC, 0x2));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(1)), 0);
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(2)), 0);
	EQUAL(pm_get(&v, PMOVSSET), 6);
	/* CHAIN overflows. */
	pm_set(&v, PMEVCNTR(2), 0xffffffff);
	CHECK(guest_writes(&v, PMSWINC, 0x4));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(3)), 0);
	EQUAL(pm_get(&v, PMOVSSET), 14);
	/* A counter at EL0 counts, whatever the type's U and P say. */
	pm_set(&v, PMEVTYPER(0), 0xc0000000);
	CHECK(guest_writes(&v, PMSWINC, 1));
	EQUAL((uint32_t)pm_get(&v, PMEVCNTR(0)), 0);
	CHECK(guest_writes(&v, PMCR, PMCR_E | 2));
	for (unsigned int n = 0; n < 6; n++)
		EQUAL((uint32_t)pm_get(&v, PMEVCNTR(n)), 0);
}

/* Reset by PMCR.P reaches only the counters that there are. */
static void reset_of_fewer(void)
{
	struct abi_vm v;

	open_ready(&v);
	vectors(&v);
	pm_set(&v, PMCR, PMCR_N(3));
	for (unsigned int n = 0; n < 31; n++)
		pm_set(&v, PMEVCNTR(n), 7);
	pm_set(&v, PMCCNTR, 7);
	CHECK(guest_writes(&v, PMCR, 2));
	for (unsigned int n = 0; n < 31; n++)
		EQUAL(pm_get(&v, PMEVCNTR(n)), n < 3 ? 0 : 7);
	EQUAL(pm_get(&v, PMCCNTR), 7);
	CHECK(guest_writes(&v, PMCR, 4));
	EQUAL(pm_get(&v, PMCCNTR), 0);
}

static void cycles(void)
{
	struct abi_vm v;
	uint64_t val;

	open_ready(&v);
	pm_set(&v, PMCNTENCLR, ~0ull);
	pm_set(&v, PMOVSCLR, ~0ull);
	GUEST(&v, 0, ASM_MOVZ(0, 0x47, 0), ASM_MSR(PMCR, 0),
	      ASM_MOVZ(0, 0x8000, 1), ASM_MSR(PMCNTENSET, 0), ASM_ISB,
	      ASM_MRS(1, PMCCNTR), ASM_MOVZ(4, 0x4000, 0),
	      0xd1000484 /* sub x4, x4, #1 */, ASM_CBNZ(4, -1),
	      ASM_MRS(2, PMCCNTR), ASM_MSR(PMCNTENCLR, 0), ASM_ISB,
	      ASM_MRS(3, PMCCNTR), ASM_MRS(5, PMCCNTR), ASM_LEAVE, ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	CHECK(reg_get(v.vcpu, REG_X(1)) < reg_get(v.vcpu, REG_X(2)));
	CHECK(reg_get(v.vcpu, REG_X(2)) <= reg_get(v.vcpu, REG_X(3)));
	EQUAL(reg_get(v.vcpu, REG_X(3)), reg_get(v.vcpu, REG_X(5)));
	val = pm_get(&v, PMCCNTR);
	EQUAL(val, reg_get(v.vcpu, REG_X(3)));
	CHECK(val > 0 && val < 1ull << 40);
	EQUAL(pm_get(&v, PMOVSSET), 0);
}

/* PMMIR_EL1 is empty where the core has it, from PMUv3.4 on, and needs no feature. */
static void pmmir(void)
{
	struct abi_vm v;
	uint64_t version, val = 1;
	bool there;

	open_ready(&v);
	version = pm_get(&v, DFR0) >> 8 & 15;
	there = version >= 5 && version != 15;
	for (int i = 0; i < 2; i++) {
		vectors(&v);
		CHECK(!guest_writes(&v, PMMIR, 0));
		EQUAL(guest_reads(&v, PMMIR, &val), there);
		EQUAL(there ? val : 0, 0);
		abi_vm_open(&v, ABI_NO_GIC);
	}
}

const struct abi_case cases_pmu_regs[] = {
	{"pmu/hidden", hidden},
	{"pmu/reset-values", reset_values},
	{"pmu/writes", writes},
	{"pmu/sets-and-clears", sets_and_clears},
	{"pmu/number-of-counters", number_of_counters},
	{"pmu/version", version},
	{"pmu/undefined-without-feature", undefined_without_feature},
	{"pmu/guest-registers", guest_registers},
	{"pmu/selected", selected},
	{"pmu/at-el0", at_el0, 60},
	{"pmu/software-increments", software_increments},
	{"pmu/reset-of-fewer", reset_of_fewer},
	{"pmu/cycles", cycles},
	{"pmu/pmmir", pmmir},
	{NULL},
};
