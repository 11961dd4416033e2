/* SPDX-License-Identifier: MIT */
/*
 * The differential instruction test: what its native half (insn-diff: makes
 * cases and runs them on src/cpu) and its arm64 half (insn-runner: runs them
 * under qemu-aarch64) share. Both map code and scratch memory at the same
 * addresses, so that PC-relative results and addresses compare equal.
 */
#ifndef FAUXKVM_TESTS_INSN_DIFF_H
#define FAUXKVM_TESTS_INSN_DIFF_H

#include <stdint.h>

#define DIFF_BASE           UINT64_C(0x10000000)
#define DIFF_TABLES         DIFF_BASE             /* native only: page tables */
#define DIFF_VECTORS        (DIFF_BASE + 0x8000)  /* native only */
#define DIFF_TRAMPOLINE     (DIFF_BASE + 0x10000) /* runner only */
#define DIFF_TRAMPOLINE_T32 (DIFF_TRAMPOLINE + 0x40)
#define DIFF_CODE           (DIFF_BASE + 0x11000)
#define DIFF_CASES          512
#define DIFF_SLOT_WORDS     16
#define DIFF_SLOT           (DIFF_SLOT_WORDS * 4)
#define DIFF_CODE_SIZE      (DIFF_CASES * DIFF_SLOT)
#define DIFF_SCRATCH        (DIFF_BASE + 0x40000)
#define DIFF_SIZE           0x50000
/* The part of the scratch memory that is set and compared: it has a page
 * boundary in its middle. */
#define DIFF_WINDOW_SIZE 1024
#define DIFF_WINDOW      (DIFF_SCRATCH + 0x4000 - DIFF_WINDOW_SIZE / 2)
#define DIFF_WINDOW_MID  (DIFF_WINDOW + DIFF_WINDOW_SIZE / 2)
/* Both of its pages have tags, of which those of the window are compared. */
#define DIFF_TAGGED      (DIFF_SCRATCH + 0x3000)
#define DIFF_TAGGED_SIZE 0x2000
#define DIFF_GRANULE     16
#define DIFF_TAGS        (DIFF_WINDOW_SIZE / DIFF_GRANULE)

/* insn-runner.S knows these offsets. */
struct diff_state {
	uint64_t x[31];
	uint64_t sp;       /* 248 */
	uint64_t v[32][2]; /* 256 */
	uint32_t nzcv;     /* 768: bits 31..28 */
	uint32_t fpcr;     /* 772 */
	uint32_t fpsr;     /* 776 */
	uint32_t fault;    /* output: 1 if the stream didn't reach its end */
	uint64_t fault_pc;
	/* With tags, where a stream may end in a fault: si_addr and si_code. */
	uint64_t fault_addr;
	int32_t fault_code;
	uint32_t pad;
};

/* Likewise: vectors of 256 bytes each, V0 and so on included, P0 to P15, FFR. */
struct diff_sve {
	uint64_t z[32][32];
	uint64_t p[17][4]; /* 8192 */
};

#define DIFF_MAX_INSNS 8

/* As enum insn_set. */
enum { DIFF_A64, DIFF_A32, DIFF_T32 };

struct diff_case {
	struct diff_state in, out;
	uint32_t slot; /* index of its code slot */
	uint32_t n;    /* instructions that count (of words[]) */
	uint32_t n_words;
	uint32_t uses_mem;
	/* What it begins and ends in; of T32 the code is @shift, 0 or 2, bytes
	 * behind the slot's beginning. */
	uint8_t isa, end_isa, shift, pad;
	uint32_t vl; /* bytes of a vector; 0: no SVE */
	/* Accesses are checked against tags; GCR_EL1.Exclude. */
	uint16_t tagged, exclude;
	uint32_t pad_tags;
	uint64_t
		rgsr; /* output: RGSR_EL1 as the runner found it before the case */
	uint32_t words[DIFF_SLOT_WORDS];
	uint8_t mem_in[DIFF_WINDOW_SIZE];
	uint8_t mem_out[DIFF_WINDOW_SIZE];
	uint8_t tags_in[DIFF_TAGS], tags_out[DIFF_TAGS];
	struct diff_sve sve_in, sve_out;
};

/* The last word of a case's code, a branch or a call: its index. An IT block cut off
 * before ends in the NOPs before that. */
static inline unsigned int diff_end_word(const struct diff_case *c)
{
	return c->n_words + (c->end_isa == DIFF_T32 ? 3 : 1);
}

struct diff_batch {
	uint32_t n;
	uint32_t pad[3];
	struct diff_case cases[DIFF_CASES];
};

/* Both halves exchange one byte per batch (its index) over pipes: the runner
 * reads descriptor 0, answers on 1 and maps the batches from 3. */
#define DIFF_BATCHES 2
#define DIFF_SHM_FD  3

#endif
