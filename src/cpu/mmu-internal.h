/* SPDX-License-Identifier: MIT */
/*
 * What the MMU's files (mmu.h names them) and debug.c share: the decoded
 * translation regime of a PE, the result of a stage 1 walk, and the caches
 * behind the software TLB.
 */
#ifndef FAUXKVM_CPU_MMU_INTERNAL_H
#define FAUXKVM_CPU_MMU_INTERNAL_H

#include "cpu/mmu.h"

#define MMU_ITLB_BITS  8
#define MMU_ITLB_SIZE  (1u << MMU_ITLB_BITS)
#define MMU_PAGES_BITS 9
#define MMU_PAGES_SIZE (1u << MMU_PAGES_BITS)
#define MMU_NO_RAM     8
#define MMU_PAID_BITS  10
#define MMU_PAID_SIZE  (1u << MMU_PAID_BITS)
#define MMU_LARGE_BITS 10
#define MMU_LARGE_SIZE (1u << MMU_LARGE_BITS)
/* Values of DACR that contexts stand for, above the bits of an ASID. */
#define MMU_DACRS         16
#define MMU_ASID_BITS_A32 8

/* Contexts: low bits of a tag, see mmu.h. Zero is "MMU off", CTX_LIMIT is in
 * JC_KEY_NOTHING. */
enum { CTX_MMU_OFF = 0, CTX_UPPER = 1, CTX_FIRST = 2, CTX_LIMIT = 0x7ff };

/* cpu_tlb_entry.attr: physical page | these. */
#define TLB_ATTR_LG UINT64_C(0x3f) /* log2 of the mapping's bytes */
#define TLB_ATTR_GP UINT64_C(0x40) /* of code: the page is guarded */

/* What TCR_EL1, SCTLR_EL1 say of one half of the address space. */
struct mmu_half {
	uint8_t granule;  /* log2 of the page size: 12, 14, 16 */
	uint8_t in_bits;  /* input address size: 64 - TxSZ */
	uint8_t level;    /* of the first table */
	uint8_t out_bits; /* output address size */
	bool wide;        /* descriptors have bits 51 to 48 of an address */
	bool disabled;    /* EPDx: a miss is a translation fault */
	bool tbi;
	bool hpd;  /* tables give no permissions */
	bool e0pd; /* EL0 has nothing there */
};

enum {
	PERM_R1 = 1 << 0,
	PERM_W1 = 1 << 1,
	PERM_X1 = 1 << 2,
	PERM_R0 = 1 << 3,
	PERM_W0 = 1 << 4,
	PERM_X0 = 1 << 5,
	PERM_NO_PAN = 1 << 6, /* of a Manager in AArch32: PAN takes nothing */
};

/* PSTATE.PAN takes from EL1 what EL0 can read. */
static inline bool mmu_pan_takes(unsigned int perm)
{
	return (perm & (PERM_R0 | PERM_NO_PAN)) == PERM_R0;
}

/* Fault status codes (ESR_EL1.DFSC, IFSC); the first four, and the domain fault
 * of AArch32, take a level. */
enum {
	FSC_ADDRESS_SIZE = 0x00,
	FSC_TRANSLATION = 0x04,
	FSC_ACCESS_FLAG = 0x08,
	FSC_PERMISSION = 0x0c,
	FSC_EXTERNAL = 0x10,
	FSC_ASYNC_EXTERNAL = 0x11,
	FSC_TAG_CHECK = 0x11,
	FSC_ALIGNMENT = 0x21,
	FSC_DEBUG = 0x22,
	FSC_DOMAIN = 0x3c,
};

/* A successful stage 1 translation. */
struct mmu_walk {
	gpa_t pa;       /* of the address asked for */
	uint8_t attr;   /* MAIR_EL1 byte; 0 (Device-nGnRnE) if MMU off */
	uint8_t lg;     /* log2 of the bytes of the mapping */
	uint8_t sh;     /* shareability field of the descriptor */
	uint8_t level;  /* of the descriptor: level of a permission fault */
	uint8_t perm;   /* PERM_* */
	uint8_t domain; /* of the Short-descriptor format, else 0 */
	bool ng;
	bool gp; /* guarded, FEAT_BTI */
	/* The write that perm allows is to be noted in the descriptor @desc at
	 * @desc_pa first. */
	bool clean;
	uint64_t desc;
	gpa_t desc_pa;
};

/*
 * A failed one. @injected: the abort that KVM injects for a stage 2 fault,
 * whose ISS holds only the status, and whose FAR may be the guest physical
 * address (@far_gpa). @table: of a walk's table, not of what it leads to.
 */
struct mmu_fault {
	uint8_t fsc, domain;
	bool injected, far_gpa, table;
	gpa_t gpa;
};

/* Take the abort @ec for the access to @va, from the instruction at @ret. */
void mmu_abort(struct cpu *cpu, uint64_t ret, gva_t va, unsigned int ec,
	       uint32_t iss, const struct mmu_fault *f);

struct mmu_page {
	gpa_t gpa; /* page, or ~0 */
	uint8_t *host, *tags;
	bool writable; /* env->page() has been asked for writing */
};

/*
 * A page that a walk led to and that is not RAM: the registers of a device, most
 * likely. Saves the walk, and to ask for the page.
 */
struct mmu_no_ram {
	uint64_t tag;
	gpa_t pa;   /* of the page */
	uint8_t lg; /* log2 of the mapping's bytes */
	/* A bit for each kind of access that stage 1 allowed, no_ram_bit(). */
	uint8_t allowed;
};

/* One page's worth of an access, translated. */
struct mmu_xlat {
	gpa_t pa;
	uint8_t *host; /* of pa; NULL: not RAM (for this access) */
	/* Of the granule of pa; NULL: the memory is not Tagged. checked: an access is
	 * compared with them. */
	uint8_t *tags;
	bool checked;
};

/* A page of Tagged memory; see tlb_enter_tagged(). */
#define MMU_TAGGED_BITS 6
#define MMU_TAGGED_SIZE (1u << MMU_TAGGED_BITS)
struct mmu_tagged {
	uint64_t rtag, wtag;
	gpa_t pa;             /* of the page */
	uint8_t *host, *tags; /* likewise */
};

struct mmu_itlb_entry {
	uint64_t tag;
	uint64_t attr; /* as cpu_tlb_entry.attr */
	uint8_t *host; /* of the page */
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_age age;
#endif
};

/* A page in the model's TLB: what is in ours is there, by the same tag. */
enum { PAID_DATA, PAID_CODE, NR_PAID };
struct mmu_paid {
	/* 0, the first page with the MMU off, costs nothing: no page. */
	uint64_t tag;
	uint64_t lg; /* log2 of the mapping's bytes */
};
_Static_assert(MMU_PAID_SIZE >= CPU_TLB_SIZE && MMU_PAID_SIZE >= MMU_ITLB_SIZE,
	       "what shares a place in the model's shares one in ours");

struct cpu_mmu {
	bool on, wxn, align;
	bool ha,
		hd; /* the walk sets the access flag, a write the dirty state */
	bool a32; /* the regime is AArch32's, a32/mmu.c; half[] says nothing */
	struct mmu_half half[2];
	uint8_t pa_bits; /* of the core's physical addresses */
	gva_t fault_va;  /* cpu_last_fault_va() */
	/* The last access that found its page by a walk. */
	gva_t slow_va;
	uint8_t *slow_host;
	bool asking; /* env->page() for slow_va */
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_age age; /* of the last walk, or hit of a fetch */
#endif

	uint16_t ctx_next;
	bool upper_ng; /* a non-global upper-half page was entered */
	/* log2 sizes above 4 KiB entered since the last TLBI of all, and a
	 * hashed set of (size, mapping) */
	uint64_t large_sizes;
	uint64_t large[MMU_LARGE_SIZE / 64];

	struct mmu_paid paid[NR_PAID][MMU_PAID_SIZE]; /* if there are costs */
	struct mmu_itlb_entry itlb[2][MMU_ITLB_SIZE];
	struct mmu_page pages[MMU_PAGES_SIZE];
	struct mmu_no_ram no_ram[MMU_NO_RAM];
	bool tagged_used; /* something is in tagged */
	struct mmu_tagged tagged[NR_TLB_MODES][MMU_TAGGED_SIZE];
	/* In AArch32 by the ASID and, above it, the place of DACR's value. */
	uint16_t ctx_of_asid[1 << 16];
	uint8_t nr_dacrs;
	uint32_t dacrs[MMU_DACRS];
};

/*
 * Stage 1 walk for @va, whose tag has been removed (mmu_untag). True: @w.
 * Permissions are not looked at.
 */
bool mmu_walk(struct cpu *cpu, gva_t va, struct mmu_walk *w,
	      struct mmu_fault *f);
/* For an access or a fetch from EL0. */
bool mmu_walk_el0(struct cpu *cpu, gva_t va, struct mmu_walk *w,
		  struct mmu_fault *f);
/* Note a write that @w allows, where @w->clean. DESC_CHANGED: the descriptor is
 * another meanwhile, walk again; DESC_READ_ONLY: @f. */
enum desc_update { DESC_DONE, DESC_CHANGED, DESC_READ_ONLY };
enum desc_update mmu_note_write(struct cpu *cpu, const struct mmu_walk *w,
				struct mmu_fault *f);

/* Host memory of the page of @gpa, NULL if it is not RAM (or, for a write,
 * not writable), or with cpu->leave if it may not be written now. */
uint8_t *mmu_page_host(struct cpu *cpu, gpa_t gpa, bool write);

/* @va of data without its tag, if its half has TBI; FAR keeps the tag. */
static inline gva_t mmu_untag(const struct cpu *cpu, gva_t va)
{
	unsigned int h = va >> 55 & 1;

	return cpu->tbi >> h & 1 ? (gva_t)sext64(va, 56) : va;
}

/* Device and Non-cacheable are outer shareable whatever the descriptor says. */
static inline unsigned int mmu_walk_sh(const struct mmu_walk *w)
{
	return !(w->attr & 0xf0) || w->attr == 0x44 ? 2 : w->sh;
}

/* With whose rights an access is made (MA_* of mem.h: MA_UNPRIV). */
enum cpu_tlb_mode mmu_access_mode(const struct cpu *cpu, uint32_t ma);
/* Translate for an access at @va (untagged, to one page; @far: what FAR gets).
 * False: an exception was taken. */
bool mmu_xlat(struct cpu *cpu, const struct insn *i, gva_t va, gva_t far,
	      uint32_t ma, bool aligned, struct mmu_xlat *x);
/* A data abort with the ISS's other fields in @iss. False. */
bool mmu_data_abort(struct cpu *cpu, const struct insn *i, gva_t va,
		    const struct mmu_fault *f, uint32_t iss);
/* What mmu_xlat() said is not RAM. False. */
bool mmu_leave_mmio(struct cpu *cpu, const struct insn *i, gva_t far, gpa_t pa,
		    uint32_t ma, const void *data);
/* May DC ZVA and its like be done at @va? Not in Device memory: false. */
bool mmu_zero_allowed(struct cpu *cpu, const struct insn *i, gva_t far,
		      gva_t va);

/* Context id of the current ASID (may flush when ids run out). */
unsigned int tlb_context(struct cpu *cpu, uint16_t asid);
/* All contexts are new; what was entered under one is gone. */
void tlb_forget_contexts(struct cpu *cpu);

/*
 * With costs, after each walk for an access or a fetch, whatever becomes of
 * it: it is charged if the model's TLB has no such page (tlb.c). True: it was.
 */
bool tlb_pay_data(struct cpu *cpu, gva_t va, const struct mmu_walk *w);
void tlb_pay_code(struct cpu *cpu, gva_t va, const struct mmu_walk *w);

/* By which address the guest has the byte at @host, if a TLB still knows. */
bool tlb_va_of(const struct cpu *cpu, const void *host, gva_t *va);

/* Enter a translation. @host: of the page. @write: also for writing. */
void tlb_enter(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
	       const struct mmu_walk *w, uint8_t *host, bool read, bool write);
void tlb_enter_code(struct cpu *cpu, gva_t va, const struct mmu_walk *w,
		    uint8_t *host);
/* @va is aligned to the access, so that it does not matter whether the page is
 * Device memory. Where time is counted every walk is made, as it is paid for. */
void tlb_enter_no_ram(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		      const struct mmu_walk *w, bool write);
/*
 * What accesses to tags, and those that are checked, find again instead of a walk: a small
 * TLB, of which any invalidation leaves nothing. Not where time is counted.
 */
void tlb_enter_tagged(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		      const struct mmu_walk *w, const struct mmu_xlat *x,
		      bool read, bool write);
bool tlb_find_tagged(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		     bool write, struct mmu_xlat *x);
/* The host addresses behind guest pages are forgotten too. */
void tlb_flush_pages(struct cpu *cpu);

static inline uint64_t tlb_tag(const struct cpu *cpu, gva_t va)
{
	return (va & ~UINT64_C(0xfff)) | cpu->tlb_ctx[va >> 63];
}

static inline struct mmu_no_ram *tlb_no_ram(const struct cpu *cpu, gva_t va)
{
	return &cpu->mmu->no_ram[va >> 12 & (MMU_NO_RAM - 1)];
}

static inline unsigned int no_ram_bit(enum cpu_tlb_mode mode, bool write)
{
	return 1u << (2 * mode + write);
}

static inline bool tlb_find_no_ram(const struct cpu *cpu,
				   enum cpu_tlb_mode mode, gva_t va, bool write,
				   gpa_t *pa)
{
	const struct mmu_no_ram *n = tlb_no_ram(cpu, va);

	*pa = n->pa | (va & 0xfff);
	return n->tag == tlb_tag(cpu, va) &&
	       (n->allowed & no_ram_bit(mode, write));
}

#endif
