/* SPDX-License-Identifier: MIT */
/*
 * The door of src/cpu: one Arm processing element at EL1 and EL0, as a KVM
 * guest sees it. Knows nothing of KVM: memory, system registers that live
 * outside (GIC CPU interface, timers) and interrupts come through struct
 * cpu_env and the pins.
 *
 * Source: Arm Architecture Reference Manual for A-profile (DDI 0487).
 *
 * Threads: a struct cpu belongs to the thread that runs it (KVM: the holder
 * of the vCPU mutex). Only the functions marked "any thread" may be called by
 * others.
 */
#ifndef FAUXKVM_CPU_CPU_H
#define FAUXKVM_CPU_CPU_H

#include <stdatomic.h>

#include "base/types.h"
#include "base/sysreg-enc.h"
#include "cpu/costs.h"
#include "cpu/pmu-state.h"
#include "cpu/sysreg-state.h"
#include "isa/insn.h"

struct block;
struct code_engine;
struct cpu_sve;

/* ---- which core it is ---------------------------------------------------- */

/* What a particular core says in registers that identify it, its features and
 * its caches: set by cpu_model_set(), or zeroed. A register that is not among
 * them has its row's reset. */
#define CPU_MODEL_IDS 64
struct cpu_id {
	uint32_t enc;
	uint64_t val;
};
struct cpu_model {
	unsigned int nr_ids;
	struct cpu_id ids[CPU_MODEL_IDS];
};

/* ---- the world around a PE ----------------------------------------------- */

/* The 4 KiB of host memory behind a guest physical page. */
struct cpu_page {
	uint8_t *host; /* first byte of the page */
	bool writable; /* false: read-only slot, a write is not RAM */
	/* Its allocation tags, a byte for each 16; NULL: it has none. */
	uint8_t *tags;
};

enum cpu_sysreg_result {
	CPU_SYSREG_OK,
	CPU_SYSREG_UNDEF, /* the register does not exist for this VM */
	CPU_SYSREG_EMPTY, /* RNDR, RNDRRS: there is no number now */
};

/*
 * Of a PE that is a program at EL0 with no guest around it: an address of its is
 * the host's, whatever would be an exception leaves cpu_run() (CPU_EXIT_SYNC,
 * and CPU_EXIT_HOST_FAULT for what memory refuses), and EL1 is never entered.
 */
struct mem_bodies;
struct cpu_flat {
	const struct mem_bodies *bodies; /* &mem_flat_bodies, cpu/bodies.h */
	/* May the program execute what is in the page at @va? It stays readable
	 * until cpu_domain_flush(CPU_FLUSH_CODE) has returned. */
	bool (*executable)(struct cpu *cpu, gva_t va);
};

struct cpu_env {
	/* NULL: a guest behind an MMU. Else page() is never called, and
	 * sysreg_read() for the counters alone. */
	const struct cpu_flat *flat;
	/*
	 * RAM behind @gpa (any address in the page), 0 or -ENOENT (no RAM:
	 * MMIO or nothing). @write: the page is about to be written; the
	 * environment marks it dirty if it logs. What is returned, -ENOENT as
	 * well, may be cached until cpu_domain_flush() has returned. -EAGAIN for a write:
	 * not now, cpu_run() returns before the access (CPU_EXIT_REQUEST);
	 * but the page is marked, so it is 0 when asked again. It may touch a page
	 * that is about to be written, which faults as the access would
	 * (CPU_EXIT_HOST_FAULT): in cpu_run() only.
	 */
	int (*page)(struct cpu *cpu, gpa_t gpa, bool write,
		    struct cpu_page *page);
	/* The page, which page() has given for writing, may have been written since
	 * marks were last collected: mark it again. NULL: nothing to do. */
	void (*wrote)(struct cpu *cpu, gpa_t gpa);
	/*
	 * System registers that are not the core's own: ICC_*, CNT*, RNDR, ... The
	 * core has done the trap and privilege checks that the architecture
	 * puts in EL1 registers (CNTKCTL_EL1); @enc as in sysreg-enc.h.
	 */
	enum cpu_sysreg_result (*sysreg_read)(struct cpu *cpu, uint32_t enc,
					      uint64_t *val);
	enum cpu_sysreg_result (*sysreg_write)(struct cpu *cpu, uint32_t enc,
					       uint64_t val);
	/* Called every so many instructions: time may have passed. NULL: no.
	 * Not while instructions have costs, see cpu_stop_at(). */
	void (*look)(struct cpu *cpu);
	/* cpu_sample_at(): the time has come; cpu->pc is what comes next. It says
	 * when the next one does. */
	void (*sample)(struct cpu *cpu);
	/* It waits for another PE and has nothing else to do, as far as can be
	 * seen: others should run. Others' DSBs don't wait for it meanwhile.
	 * NULL: no. Not while instructions have costs. */
	void (*spin)(struct cpu *cpu);
	/*
	 * The PE waits for its turn: sleep until @ready says so, which is asked
	 * first, unpark() or a request to leave, at most @ns; waking up early
	 * does no harm. On the PE's thread. unpark(): on any, and it must not
	 * call back. Both only after cpu_domain_set_seats().
	 */
	void (*park)(struct cpu *cpu, uint64_t ns, bool (*ready)(struct cpu *));
	void (*unpark)(struct cpu *cpu);
	/* Does the environment do the accesses to CNTP_*, or with @counter to
	 * CNTPCT_EL0, as KVM does them where the physical timer is not the
	 * guest's? NULL: no. */
	bool (*traps_ptimer)(struct cpu *cpu, bool counter);
	/* The PMU's overflow interrupt changed its level, on the PE's thread.
	 * NULL: nobody wants to know. */
	void (*pmu_level)(struct cpu *cpu, bool level);
	/* First guest physical address outside the IPA space. */
	uint64_t ipa_limit;
	/* EL0 may be in AArch32 state. */
	bool aarch32;
	/* Which core it is. NULL: one with all that src/cpu executes. */
	const struct cpu_model *model;
};

/*
 * The PEs of one VM: TLB and instruction-cache maintenance is broadcast to
 * all members. Owned by the VM; members join in cpu_init().
 */
struct cpu_domain;
struct cpu_domain *cpu_domain_new(void);
void cpu_domain_free(struct cpu_domain *dom);
/* Let no more than @number > 0 PEs execute at a time, as far as that can be
 * had; seats.c has why. Before: any number. Any thread. */
void cpu_domain_set_seats(struct cpu_domain *dom, unsigned int number);

/* ---- why cpu_run() returned ---------------------------------------------- */

enum cpu_exit_reason {
	CPU_EXIT_REQUEST,    /* a request bit the core doesn't own is set */
	CPU_EXIT_WFI,        /* WFI: nothing pending. PC is after it */
	CPU_EXIT_WFE,        /* WFE with no event registered. PC is after it */
	CPU_EXIT_HVC,        /* exit.imm16; PC is after the instruction */
	CPU_EXIT_SMC,        /* exit.imm16; PC is after the instruction */
	CPU_EXIT_MMIO,       /* exit.mmio; finish with cpu_mmio_complete() */
	CPU_EXIT_NISV,       /* exit.nisv: no syndrome; PC is at the insn */
	CPU_EXIT_HOST_FAULT, /* memory slot not accessible; PC at the insn */
	CPU_EXIT_DEBUG,      /* exit.debug (KVM_SET_GUEST_DEBUG) */
	CPU_EXIT_TIME,       /* cpu_stop_at(): the time has come */
	CPU_EXIT_SYNC,       /* exit.sync, of a PE that is flat */
};

struct cpu_exit {
	enum cpu_exit_reason reason;
	union {
		uint16_t imm16;
		struct {
			gpa_t gpa;
			uint64_t data; /* store: the value */
			uint8_t len;   /* 1, 2, 4, 8 */
			bool write;
			uint8_t rt; /* index into cpu->x (33: XZR) */
		} mmio;
		struct {
			gpa_t gpa;
			uint32_t iss; /* ISS as reported in ESR_EL2 */
		} nisv;
		struct {
			uint64_t esr; /* as ESR_EL2: EC and ISS */
			uint64_t far; /* watchpoints */
		} debug;
		struct {
			uint64_t esr; /* as ESR_EL1; PC is the return address */
			uint64_t far; /* aborts and PC alignment */
		} sync;
		/* What a host fault was at; and, of a PE that is flat, the signal
		 * and its si_code. */
		struct {
			const void *host_addr;
			int host_sig, host_code;
		};
	};
};

/* ---- state --------------------------------------------------------------- */

union vreg {
	uint8_t b[16];
	uint16_t h[8];
	uint32_t s[4];
	uint64_t d[2];
	unsigned __int128 q;
} __attribute__((aligned(16)));

enum cpu_request {
	CPU_REQ_KICK = 1 << 0,  /* leave cpu_run (CPU_EXIT_REQUEST) */
	CPU_REQ_PINS = 1 << 1,  /* pins changed: core looks at them */
	CPU_REQ_INVAL = 1 << 2, /* maintenance inbox not empty: core's own */
	/* insn_execute() runs a branch, which must not chain: core's own */
	CPU_REQ_SINGLE = 1 << 3,
};

/* CPU_PIN_WAKE ends a WFI, no more. */
enum cpu_pin {
	CPU_PIN_IRQ = 1 << 0,
	CPU_PIN_FIQ = 1 << 1,
	CPU_PIN_WAKE = 1 << 2,
};

/* DAIF bits as held in cpu->daif (PSTATE bits 9..6 shifted down by 6). */
enum { DAIF_F = 1 << 0, DAIF_I = 1 << 1, DAIF_A = 1 << 2, DAIF_D = 1 << 3 };

#define CPU_TLB_BITS 9
#define CPU_TLB_SIZE (1u << CPU_TLB_BITS)
#define CPU_JC_BITS  14
#define CPU_JC_SIZE  (1u << CPU_JC_BITS)

#ifdef FAUXKVM_TLB_CHECK
/* Of a translation, see cpu/tlb-check.h. */
struct tlb_age {
	uint64_t entered, checked;
	uint8_t lg; /* log2 of the mapping's bytes */
};
#endif

/*
 * One software TLB entry: a 4 KiB page. A tag is (page address | context id)
 * or CPU_TLB_INVALID; see cpu/mmu.h.
 */
struct cpu_tlb_entry {
	uint64_t rtag, wtag;
	uintptr_t addend; /* host address = guest virtual + addend */
	uint64_t attr;    /* mmu.c: mapping size, global, ... */
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_age age;
#endif
};

enum cpu_tlb_mode { TLB_EL0, TLB_EL1, TLB_EL1_PAN, NR_TLB_MODES };

/*
 * What translated code looks into: of one mode's data TLB what belongs to the
 * current contexts. A tag is the address of a page, so that of an access XOR the
 * tag is the offset in the page if they agree; see fast-tlb.h.
 */
#define CPU_FAST_TLB_BITS 10
#define CPU_FAST_TLB_SIZE (1u << CPU_FAST_TLB_BITS)
struct cpu_fast_tlb {
	uint64_t rtag[CPU_FAST_TLB_SIZE], wtag[CPU_FAST_TLB_SIZE];
	uintptr_t addend[CPU_FAST_TLB_SIZE]; /* host = guest virtual + addend */
	bool used[2];                        /* VA half h may have entries */
};

struct cpu_jc_entry {
	uint64_t tag; /* pc ^ cpu->jc_key[pc >> 63] */
	struct block *block;
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_age age;
#endif
};

/* See breaks.h. */
struct cpu_breaks {
	unsigned int n;
	const gva_t *va; /* of instructions with a breakpoint */
	gva_t own[16];   /* the debug registers' */
	gva_t *stops;    /* cpu_set_stops()' */
	/* Where in their page those are, and others were, since all blocks were
	 * last dropped: a bit for each word. */
	uint64_t offsets[16];
};

/*
 * Pointer authentication (FEAT_PAuth). level: as ID_AA64ISAR1_EL1 has it in
 * APA or API, 1 FEAT_PAuth, 2 FEAT_EPAC, 3 FEAT_PAuth2, 4 FEAT_FPAC,
 * 5 FEAT_FPACCOMBINE. trapped: the core has it, the VM doesn't; whatever would
 * use a key is UNDEFINED, as KVM answers the trap.
 */
enum cpu_pauth_alg { CPU_PAUTH_NONE, CPU_PAUTH_QARMA5, CPU_PAUTH_IMPDEF };
struct cpu_pauth {
	enum cpu_pauth_alg alg;
	uint8_t level;
	bool trapped;
};

/*
 * Memory tagging. on: the VM has it (HCR_EL2.ATA); otherwise a core that
 * has FEAT_MTE2 finds no tags anywhere, and its registers are UNDEFINED, as KVM
 * answers the trap. The rest is by SCTLR_EL1 (mte.h).
 */
struct cpu_mte {
	bool on;
	uint8_t access; /* bit EL: tags are accessed there */
	uint8_t checks; /* bit per enum cpu_tlb_mode: accesses are checked */
	uint32_t tco_at_entry; /* PSTATE.TCO after an exception */
};

/*
 * A VM's PMU: what all its PEs share. The environment changes it, and not any
 * more once one of them has run.
 */
struct cpu_pmu_model {
	_Atomic uint8_t counters;   /* PMCR_EL0.N */
	_Atomic uint32_t type_bits; /* of PMEVTYPER<n>_EL0 that the guest has */
	atomic_bool wide; /* FEAT_PMUv3p5: event counters have 64 bits */
	bool no_aarch32;  /* PMCR_EL0.LC is RES1 */
	/* Events that count, a bit for each; NULL: all. */
	uint64_t *_Atomic filter;
};

/* What is known of a PE that may do nothing but wait for another. */
struct cpu_spin {
	/* cycles of the last hint, and of the first without a gap after it */
	uint64_t last, first;
	/* A state that it had at an earlier look, and how long that is kept */
	unsigned int looks, period;
	uint64_t pc, x[REG_SINK];
	union vreg vreg[32];
};

struct cpu {
	/* Hot: touched by almost every instruction. */
	uint64_t x[NR_REGS];
	/* The flags. n and z often get the same value: with z not next to n the
	 * compiler does not go through a vector register to store both. */
	uint64_t n;                /* PSTATE.N is bit 63 */
	uint64_t c;                /* PSTATE.C: 0 or 1 */
	uint64_t z;                /* PSTATE.Z is (z == 0) */
	uint64_t v;                /* PSTATE.V: 0 or 1 */
	uint64_t page_va;          /* virtual page of the block that runs */
	struct cpu_tlb_entry *tlb; /* data TLB of the current mode */
	struct cpu_fast_tlb *fast; /* likewise, if the engine wants one */
	uint64_t tlb_ctx[2];       /* low tag bits: lower, upper VA half */
	uint64_t jc_key[2];
	_Atomic uint32_t req;    /* enum cpu_request */
	uint8_t tbi;             /* bit h: top byte ignored in VA half h */
	uint8_t tbi_code;        /* the same of the PC, TCR_EL1.TBIDh */
	uint8_t pac_keys;        /* bit per enum a64_pauth_key: enabled */
	const struct insn *cur;  /* instruction of the last memory access */
	const struct insn *next; /* without tail calls: what to run next */
	/*
	 * Local time, with the whole block that runs: see cpu_now(). No block
	 * is chained to that ends after @look.
	 */
	uint64_t cycles, look;
	uint64_t charged; /* of cycles, what was no instruction's */
	const struct cpu_costs *costs; /* NULL: an instruction takes one */
	uint64_t pc;                   /* valid outside blocks; see insn_pc() */
	/* While translated code runs: the flags, @cycles plus what may pass
	 * before @look, and how much that was where this block or loop began. */
	uint16_t code_flags;
	uint64_t code_base, code_entered;
	/* Of pages that the block at hand has found in the TLB. */
#define CPU_CODE_ADDENDS 4
	uintptr_t code_addends[CPU_CODE_ADDENDS];

	/* Flat: of the access at hand of an interpreter's body. The host does not
	 * say which one it was if it is no address to it. */
	gva_t flat_va;

	/* The value of an access on its slow path: bodies have no locals whose
	 * address is taken, since those would cost them their tail calls. */
	union vreg mem_buf;
	union vreg vreg[32 + 3]; /* the last are no program's: a32/neon.c */
	/* Z<n> above V<n>: 0: is zero; else as sve/sve.h has it. */
	uint16_t z_live[32];
	uint32_t fpcr;
	uint32_t fpsr;       /* cumulative bits not in the host's register */
	uint64_t host_fpenv; /* fp/state.c: the host's own, while running */

	/* PSTATE beyond NZCV, and what the state machine of software step keeps
	 * beside it. An exception clears the second half: it is one word. */
	uint8_t el; /* 0 or 1 */
	uint8_t spsel;
	uint8_t daif;
	uint8_t pan;
	uint8_t uao, il, ss;
	/* debug.c: PSTATE.SS is cleared when the instruction completes */
	bool stepping;
	uint32_t step_iss; /* what the step exception will say of the step */
	/* PSTATE.SSBS and DIT, which nothing here acts on, and TCO, which only
	 * mmu-mte.c asks. */
	uint32_t inert;
	/* PSTATE.BTYPE, from a branch until where it leads to has been looked at. */
	uint8_t btype;
	bool bti;            /* the core has FEAT_BTI, and there is a guest */
	bool fp_active;      /* between fp_enter() and fp_leave() */
	bool fp_host;        /* and the host computes as FPCR says */
	uint64_t sp_bank[2]; /* SP_EL0, SP_EL1 when not current */

	struct cpu_sysregs sys; /* EL1/EL0 registers, cpu/sysreg-state.h */
	struct cpu_pauth pauth;
	struct cpu_mte mte;

	/* Exclusive monitor: the value loaded, compared by the store. */
	bool excl_valid;
	uint8_t excl_size;  /* bytes: 1, 2, 4, 8, 16 */
	uint64_t excl_addr; /* host address (as an integer) */
	uint64_t excl_val[2];

	bool event;            /* WFE event register */
	bool unsynced;         /* has sent maintenance since its last DSB */
	_Atomic uint32_t pins; /* enum cpu_pin */
	bool serror_pending;   /* virtual SError (KVM_SET_VCPU_EVENTS) */
	uint64_t serror_esr;   /* its ISS when the host has RAS */

	struct cpu_exit exit;
	bool leave; /* exit is filled, by cpu_leave(): cpu_run() returns */
	bool mmio_pending; /* exit.mmio waits for completion */
	bool counts;       /* counted.h */
	bool sleeps;       /* left by WFI, and waking up takes time */
	bool code_doubted; /* cpu_doubt_code() since the last cpu_run() */
	bool code_written; /* and cpu_code_written() */

	/* KVM_SET_GUEST_DEBUG: set by cpu_set_guest_debug(). */
	struct cpu_guest_debug *gdbg;
	/* PC was moved from outside since the last cpu_run(), and where to */
	enum { PC_NOT_MOVED, PC_PAST_INSN, PC_AT_VECTOR } pc_moved;
	/* what is debugged may come at any instruction: one at a time */
	bool debug_slow;

	uint64_t look_next;   /* cycles at which to call env->look */
	struct cpu_spin spin; /* spin.c private */
	uint64_t stop;        /* cpu_stop_at() */
	uint64_t sample;      /* cpu_sample_at() */
	/* Up to where blocks may run as a whole: the stop, or where a counter may
	 * overflow. Where the run loop looks may come earlier. */
	uint64_t limit;
	uint64_t *class_cycles; /* cpu_set_class_cycles() */
	/* Of the access that waits for completion; cycles 0: not counted. */
	uint32_t mmio_insn, mmio_cycles;
	struct cpu_pmu pmu;

	struct cpu_tlb_entry tlbs[NR_TLB_MODES][CPU_TLB_SIZE];
	struct cpu_jc_entry jc[CPU_JC_SIZE];
	/* Of an instruction of Advanced SIMD in AArch32 state, a32/neon.c. */
	struct insn neon[2];
	const struct insn *neon_insn;
	uint32_t neon_fpcr;
	bool neon_fp_host;

	struct cpu_mmu *mmu;              /* mmu.c private */
	struct cpu_blocks *blocks;        /* block.c private */
	const struct code_engine *engine; /* what runs blocks, engine.h */
	void *engine_data;                /* the engine's own */
	struct cpu_fast_tlb *fasts;       /* NR_TLB_MODES; NULL: none */
	struct cpu_inbox *inbox;          /* domain.c private */
	struct cpu_domain *domain;
	const struct cpu_env *env;
	void *opaque; /* the environment's */
	/* What its model lacks: bits of enum cpu_feature, and of registers. */
	uint64_t absent, absent_a32, sctlr_absent, tcr_absent, pstate_absent;
	uint64_t a32_pstate_absent, a32_sctlr_absent; /* EL1 in AArch32 state */
	/*
	 * What a block is decoded by beside its address: the instruction set (enum
	 * insn_set), of T32 PSTATE.IT, whether data is big-endian, and of AArch32 what
	 * of other state is the same for most of the time. @big is PSTATE.E in
	 * AArch32 state, whose own it is to set, else SCTLR_EL1.EE or E0E. What has
	 * code in AArch32 state change it has to go on by the run loop.
	 */
	union {
		struct {
			uint8_t it;
			uint8_t isa : 2;
			uint8_t big : 1;
			uint8_t a32_no_fp : 1;   /* FPEXC.EN is 0 */
			uint8_t a32_no_simd : 1; /* CPACR.ASEDIS is 1 */
		};
		uint16_t code_state;
	};
#define CPU_CODE_ISA(state) ((state) >> 8 & 3)
	uint8_t el_big; /* in AArch64 state: bit EL */
	bool a32_el1;   /* cpu_set_aarch32() */
	/* It, or flat: no synchronous exception is taken as EL1 in AArch64 state
	 * takes it. */
	bool exceptions_apart;
	bool caches_seen; /* kvm-traps.c: SCTLR_EL1 turned caches on */
	uint8_t a32_mode; /* PSTATE.M, enum a32_mode; User's in AArch64 state */
	uint8_t a32_ge;   /* PSTATE.GE */
	bool a32_q;
	uint8_t mmio_len; /* of the instruction that exit.mmio is of */
	struct cpu_jc_entry *jc_a32; /* a32/chain.h; NULL: none yet */
	struct cpu_breaks breaks;
	struct cpu_sve *sve; /* sve/sve.h; NULL: the PE has none */
};

/* ---- life ---------------------------------------------------------------- */

/* Zeroes @cpu, joins @dom. 0 or -ENOMEM. */
int cpu_init(struct cpu *cpu, struct cpu_domain *dom, const struct cpu_env *env,
	     void *opaque);
void cpu_destroy(struct cpu *cpu);
/* The thread that was in cpu_run() with it was killed (one of another process with
 * the same memory): nobody waits for @cpu any more, and it may not be used or
 * destroyed. Any thread. */
void cpu_abandon(struct cpu *cpu);
/* What decoding makes once, when first needed, is made now: whoever is killed
 * while it does leaves all others to wait for it. */
void cpu_make_tables(void);

/*
 * Instructions, exceptions, TLB walks, ... take what @costs says from now on;
 * NULL: each instruction one cycle and nothing else any, and one that was not
 * executed because of an exception may be counted. @costs lives as long as
 * @cpu. Blocks are decoded anew. Owner thread, outside cpu_run().
 */
void cpu_set_costs(struct cpu *cpu, const struct cpu_costs *costs);

/*
 * Add the cycles of each row of the costs to cycles[enum cpu_cost], which lives
 * as long as @cpu; NULL: don't, as after cpu_init(). The sum is local time but
 * for what cpu_charge() was told. Slower: each block is entered by the run loop.
 * Blocks are decoded anew. Owner thread, outside cpu_run(); any may read.
 */
void cpu_set_class_cycles(struct cpu *cpu, uint64_t *cycles);

/*
 * What runs @cpu's code from now on, engine.h; after cpu_init() it is the
 * interpreter. 0, or a negative errno and nothing has changed. Owner thread,
 * outside cpu_run().
 */
int cpu_set_engine(struct cpu *cpu, const struct code_engine *engine);

/* EL1 is in AArch32 state, and so EL0. A reset follows. Owner thread, outside
 * cpu_run(). */
void cpu_set_aarch32(struct cpu *cpu, bool el1);
static inline bool cpu_is_aarch32_el1(const struct cpu *cpu)
{
	return cpu->a32_el1;
}

/* Does the VM have MTE? It hasn't after cpu_init(). Outside cpu_run(). */
void cpu_set_mte(struct cpu *cpu, bool on);

/* Lasts until the next call; none after cpu_init(). Outside cpu_run(). */
void cpu_set_pauth(struct cpu *cpu, const struct cpu_pauth *pauth);

/*
 * Give @cpu SVE with vectors of (n + 1) * 16 bytes for each bit n of @lengths, the
 * shortest among them; 0: none, as after cpu_init(). Its registers are zero. 0 or
 * -ENOMEM, and it has none. Outside cpu_run().
 */
int cpu_set_sve(struct cpu *cpu, uint16_t lengths);

/* The longest of @lengths in bytes; 0: none. */
static inline unsigned int cpu_sve_longest(uint64_t lengths)
{
	return lengths ? 16 * (64 - __builtin_clzll(lengths)) : 0;
}

/*
 * Give @cpu a PMU, NULL: none. @model lives as long as @cpu. A reset follows.
 * Owner thread, outside cpu_run().
 */
void cpu_set_pmu(struct cpu *cpu, const struct cpu_pmu_model *model);
/*
 * What the registers say takes effect: what user space writes there does so
 * only here, and Linux comes here when a vCPU first runs.
 */
void cpu_pmu_reload(struct cpu *cpu);
/* The level of the interrupt is what the registers say now. */
void cpu_pmu_update(struct cpu *cpu);

/*
 * Reset as KVM_ARM_VCPU_INIT does it: registers zero, PSTATE EL1h with DAIF
 * set or in AArch32 state Supervisor mode with AIF set, system registers to their table's reset values. What Linux keeps stays:
 * MPIDR_EL1, ID registers and others that are SYSREG_LASTING, SP_EL1, a pending
 * SError, an MMIO access that waits for completion.
 */
void cpu_reset(struct cpu *cpu);

/*
 * Execute until something in enum cpu_exit_reason happens; the reason is
 * also in cpu->exit.reason. A pending MMIO must have been completed.
 */
enum cpu_exit_reason cpu_run(struct cpu *cpu);

/*
 * KVM_RUN begins: an instruction that was finished since the last cpu_run(), or
 * an exception injected, is not part of a single step any more.
 */
static inline void cpu_run_begins(struct cpu *cpu)
{
	cpu->pc_moved = PC_NOT_MOVED;
}

/*
 * Somebody may have written to guest memory since the last cpu_run() (the VMM:
 * in hardware its cache maintenance reaches the guest, and we see none). What
 * is decoded already is compared with memory before it runs again.
 */
static inline void cpu_doubt_code(struct cpu *cpu)
{
	cpu->code_doubted = true;
}

/* It may be the VMM that wrote it, which the guest is not to be blamed for. */
static inline void cpu_code_written(struct cpu *cpu)
{
	cpu->code_written = true;
}

/* Finish a load (@data: value read, low bits) or store: writes the register,
 * advances PC. Clears mmio_pending. */
void cpu_mmio_complete(struct cpu *cpu, uint64_t data);

/*
 * WFE or YIELD is executed: has the PE done little else for some time? It is
 * not worth much to let others run before that: what it spins for is about to
 * come if the one who holds it runs. True begins a new time. Owner thread.
 */
bool cpu_spins(struct cpu *cpu);

/* What one that spins does outside cpu_run(): let others run. Owner thread. */
void cpu_rest(struct cpu *cpu);

/* ---- time ---------------------------------------------------------------- */

/*
 * All on the thread that runs @cpu, inside struct cpu_env's functions or
 * outside cpu_run(); or on any while no thread is in cpu_run().
 *
 * A PE's local time is cpu->cycles: what each instruction took (cpu_set_costs())
 * and what was charged. With costs it depends on nothing but what the guest
 * did: not on how its code lies in blocks, nor on when translations or code
 * are made forget (cpu_domain_flush()).
 */

/*
 * Local time at which the current instruction began, with what was charged
 * during it. An instruction that left cpu_run() with an access to MMIO has not
 * taken its time yet, cpu_mmio_complete() charges it; any other (HVC, WFI) has.
 */
uint64_t cpu_now(const struct cpu *cpu);

/* @cycles more have passed: something else took them, or the environment
 * moves a PE that waits to a later time. */
static inline void cpu_charge(struct cpu *cpu, uint64_t cycles)
{
	cpu->cycles += cycles;
	cpu->charged += cycles;
}

/*
 * cpu_run() returns CPU_EXIT_TIME before the first instruction (or interrupt)
 * at whose beginning local time is @cycles or later; exact if instructions have
 * costs. UINT64_MAX: never. Takes the place of what was set before; a stop that
 * has come stays until it is moved.
 */
void cpu_stop_at(struct cpu *cpu, uint64_t cycles);

/*
 * env->sample() is called before the first block whose end is later than
 * @cycles. UINT64_MAX: never, as after cpu_init(). Nothing that the guest sees
 * depends on it. Outside cpu_run(), or in env->sample().
 */
void cpu_sample_at(struct cpu *cpu, uint64_t cycles);

/* ---- any thread ---------------------------------------------------------- */

/* Set bits of enum cpu_request; the PE looks at them at the next block end.
 * Does not wake a thread that sleeps in WFI: that is the environment's. */
static inline void cpu_request(struct cpu *cpu, uint32_t bits)
{
	atomic_fetch_or_explicit(&cpu->req, bits, memory_order_seq_cst);
}

/* Is it in cpu_run()? Was so when it was looked at. */
bool cpu_executes(const struct cpu *cpu);

/* Set the level of the interrupt pins; a change of an interrupt's raises
 * CPU_REQ_PINS.
 * Async-signal-safe. */
void cpu_set_pins(struct cpu *cpu, uint32_t pins);

/* True if WFI would not wait: a pin is up (whatever DAIF says) or an SError
 * is pending. Callable by the owner thread. */
bool cpu_wakeup_pending(const struct cpu *cpu);

enum cpu_flush {
	CPU_FLUSH_WRITE = 1 << 0, /* forget cached write permission */
	CPU_FLUSH_TLB = 1 << 1,   /* forget every cached translation */
	CPU_FLUSH_CODE = 1 << 2,  /* forget every decoded block */
	CPU_FLUSH_NO_WAIT = 1 << 3,
	CPU_FLUSH_PAST_FAULTS = 1 << 4,
};
/*
 * Make every PE of @dom forget; when it returns no PE uses the old
 * translations any more (a PE that is inside cpu_run() has acknowledged).
 * NO_WAIT: returns at once. A PE then may use the old ones until its next
 * branch; what it reads by the branch, it has not read before it forgot.
 * PAST_FAULTS: does not wait for a PE whose access waits for the host's memory
 * (userfaultfd), perhaps for the caller; it will ask again for the pages that
 * it may have written (struct cpu_env's page), when the access is over.
 * Must not be called from inside cpu_run() callbacks (page, sysreg_*).
 */
void cpu_domain_flush(struct cpu_domain *dom, uint32_t what);
/* The same of the blocks in pages from @start to @end: CPU_FLUSH_CODE, NO_WAIT
 * for what is not all memory. */
void cpu_domain_forget_code(struct cpu_domain *dom, gpa_t start, gpa_t end);
/* After the death of a process that had the calling thread's storage
 * (base/word-lock.h): the domain goes on, whatever that was doing. Not from
 * inside cpu_run(). */
void cpu_domain_give_back(struct cpu_domain *dom);

/* ---- registers by name (owner thread, outside cpu_run) ------------------- */

/* PSTATE/SPSR image: NZCV 31-28, TCO 25, DIT 24, UAO 23, PAN 22, SS 21, IL 20, DAIF 9-6,
 * M[4:0]; of AArch32 also Q 27, SSBS 23, GE 19-16, IT 26-25 and 15-10, T 5. set:
 * switches EL, stack pointer bank and translation mode. The caller has
 * validated the mode (EL0t, EL1t, EL1h; User if env->aarch32). If
 * cpu_is_aarch32_el1() it is always an image of AArch32, E 9, of any mode but
 * Monitor and Hyp. */
uint64_t cpu_pstate(const struct cpu *cpu);
void cpu_set_pstate(struct cpu *cpu, uint64_t val);
/* Between that image and the one that AArch32 itself has in CPSR and SPSRs: DIT, which
 * is bit 24 of it, is 21 there, and SS is not there. */
static inline uint32_t cpu_a32_psr(uint64_t pstate)
{
	return (pstate & ~(BIT(24) | BIT(21))) | (pstate >> 24 & 1) << 21;
}
static inline uint64_t cpu_a32_pstate(uint32_t psr)
{
	return (psr & ~(BIT(24) | BIT(21))) | (psr >> 21 & 1) << 24;
}
/*
 * If cpu_is_aarch32_el1(): the registers of all modes where the architecture has
 * them for AArch64 (Arm ARM D1.20.1), X8 to X14 User mode's, X16 and X17 LR and SP
 * of IRQ, X18 SVC, X20 ABT, X22 UND, X24 to X30 R8 to R14 of FIQ. cpu->x has those
 * of the current mode in the first 15. SPSR_svc is SPSR_EL1, the others are in
 * cpu->sys. A change of the mode by cpu_set_pstate() changes none of them.
 */
void cpu_a32_regs_to_x(const struct cpu *cpu, uint64_t x[31]);
void cpu_a32_regs_from_x(struct cpu *cpu, const uint64_t x[31]);
/* FPSID, of cores with AArch32. */
uint32_t cpu_a32_fpsid(const struct cpu *cpu);
/* What was set from outside in bits that the core does not have goes, as when
 * registers are loaded into a real one. */
void cpu_settle(struct cpu *cpu);
/* SP_EL0 / SP_EL1 whichever bank is current. */
uint64_t cpu_sp(const struct cpu *cpu, unsigned int el);
void cpu_set_sp(struct cpu *cpu, unsigned int el, uint64_t val);
/* FPSR with the bits still in the host's flags merged (outside cpu_run the
 * host flags have been merged already). */
uint32_t cpu_fpsr(const struct cpu *cpu);

/*
 * Of a PE with SVE: Z<@n>, 256 bytes, of which those that the longest vector has count,
 * whatever ZCR_EL1 says; and P<@n>, 16: FFR, a bit for each of them.
 */
void cpu_sve_get_z(const struct cpu *cpu, unsigned int n, void *buf);
void cpu_sve_set_z(struct cpu *cpu, unsigned int n, const void *buf);
void cpu_sve_get_p(const struct cpu *cpu, unsigned int n, uint64_t out[4]);
void cpu_sve_set_p(struct cpu *cpu, unsigned int n, const uint64_t in[4]);

/* ---- exceptions injected from outside (KVM_SET_VCPU_EVENTS, MMIO) -------- */

/*
 * A synchronous external abort on a data access, in two steps as KVM does it:
 * ESR_EL1 and FAR_EL1 (= @va) now, EC of the current EL, IL = @il; the
 * exception, from PC and PSTATE as they are by then, when the vCPU next runs.
 */
void cpu_abort_syndrome(struct cpu *cpu, gva_t va, bool il);
void cpu_abort_enter(struct cpu *cpu);
/* FAR of what left cpu_run last of MMIO, NISV, a host fault and a watchpoint of
 * the VMM's: for injection. */
gva_t cpu_last_fault_va(const struct cpu *cpu);

/* ---- guest debug --------------------------------------------------------- */

struct cpu_guest_debug {
	bool enable, single_step, sw_bp, hw;
	uint64_t bcr[16], bvr[16], wcr[16], wvr[16];
};
/* @dbg is copied; NULL or !enable switches it off. 0 or -ENOMEM. */
int cpu_set_guest_debug(struct cpu *cpu, const struct cpu_guest_debug *dbg);

/*
 * Of a PE that is flat. cpu_run() returns CPU_EXIT_DEBUG with PC there before an
 * instruction at one of the @n addresses at @va, until the next call. 0 or
 * -ENOMEM. Owner thread, outside cpu_run().
 */
int cpu_set_stops(struct cpu *cpu, const gva_t *va, unsigned int n);
/* Likewise; after each instruction, even one at such an address. */
void cpu_set_step(struct cpu *cpu, bool on);

/* ---- system registers by table ------------------------------------------- */

enum {
	SYSREG_USER = 1 << 0,      /* ONE_REG: in KVM_GET_REG_LIST */
	SYSREG_ID = 1 << 1,        /* feature ID register: per VM, EBUSY rule */
	SYSREG_RAZ = 1 << 2,       /* ID register, reads as zero */
	SYSREG_INVARIANT = 1 << 3, /* userspace may write what it reads */
	SYSREG_LASTING = 1 << 4,   /* a second KVM_ARM_VCPU_INIT keeps it */
	SYSREG_PMU = 1 << 5,       /* there if the vCPU has a PMU */
	SYSREG_PTRAUTH =
		1 << 6,       /* there if the VM has pointer authentication */
	SYSREG_SVE = 1 << 7,  /* there if the vCPU has SVE */
	SYSREG_MTE = 1 << 12, /* there if the VM has MTE */
	/* Userspace writes are judged by a rule of the register's own; the
	 * environment has it. Without, any value is taken. */
	SYSREG_SET_CLIDR = 1 << 8,
	SYSREG_SET_MPIDR = 2 << 8,
	SYSREG_SET_OSLSR = 3 << 8,
	SYSREG_SET_PMCR = 4 << 8,
	SYSREG_SET_MASK = 7 << 8,
};

/* The part of a sysreg table row that the environment may see. */
struct cpu_sysreg_info {
	const char *name;
	uint32_t enc;
	uint32_t flags;
	uint64_t reset;      /* value cpu_reset() gives */
	uint64_t user_wmask; /* bits userspace may change, see sysreg.h */
};
/* Rows in ascending order of enc; NULL at the end. */
const struct cpu_sysreg_info *cpu_sysreg_info(unsigned int n);
const struct cpu_sysreg_info *cpu_sysreg_find(uint32_t enc);
/* Of CTR_EL0 @ctr the shortest line of the cache that CSSELR_EL1 @csselr names, as
 * CCSIDR_EL1.LineSize: log2 of its words, less 2. */
unsigned int ctr_ccsidr_line(uint64_t ctr, unsigned int csselr);

/* @val of the ID register @row without what src/cpu does not execute. */
uint64_t cpu_id_limit(const struct cpu_sysreg_info *row, uint64_t val);
/* Make @model of a core's @ids, as far as src/cpu executes them. */
void cpu_model_set(struct cpu_model *model, const struct cpu_id *ids,
		   unsigned int nr_ids);
/* What a PE of @model (NULL: as in struct cpu_env) begins with in @row. */
uint64_t cpu_model_id(const struct cpu_model *model,
		      const struct cpu_sysreg_info *row);
/* The fields of 4 bits of which an ID register's value may consist. False:
 * there is no @n-th. */
struct cpu_id_field {
	const char *reg, *name;
	unsigned int shift;
};
bool cpu_id_field(unsigned int n, struct cpu_id_field *out);

/* The value as user space has it, no side effects for the guest; set updates
 * derived state. */
uint64_t cpu_sysreg_get(const struct cpu *cpu, uint32_t enc);
void cpu_sysreg_set(struct cpu *cpu, uint32_t enc, uint64_t val);

#endif
