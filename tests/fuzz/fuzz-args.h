/* SPDX-License-Identifier: MIT */
/*
 * Arguments of fuzzed requests, and which answers Linux has. Every pointer
 * that can reach the model is into the arena or faults: what it writes to is
 * never the fuzzer's own memory, so a report is a bug of the model.
 */
#ifndef FAUXKVM_TESTS_FUZZ_ARGS_H
#define FAUXKVM_TESTS_FUZZ_ARGS_H

#include "fuzz.h"
#include "kernel/kernel.h"

#define RAM_BASE   0x40000000ull
#define RAM_SIZE   0x100000ull
#define ARENA_SIZE 0x200000ull  /* RAM, then buffers */
#define GUARD_SIZE (1ull << 30) /* behind it: no access */
#define NR_EVENTS  4

#define GICD_BASE 0x08000000ull
#define GICC_BASE 0x08010000ull
#define ITS_BASE  0x08080000ull
#define GICR_BASE 0x080a0000ull
#define HOLE_BASE 0x09000000ull

struct fuzz_arena {
	uint8_t *base;   /* ARENA_SIZE bytes, then GUARD_SIZE inaccessible */
	uint8_t *rodata; /* a page that may only be read */
	int event[NR_EVENTS];
};
extern struct fuzz_arena fuzz_arena;

void fuzz_arena_init(void);

/* A pointer to give away; mostly good. */
uint64_t fuzz_pointer(struct fuzz_input *in);
uint64_t fuzz_value(struct fuzz_input *in);
/* A guest physical address, often of something. */
uint64_t fuzz_gpa(struct fuzz_input *in);
/* A descriptor for an eventfd argument. */
int fuzz_fd(struct fuzz_input *in);
/* An id for ONE_REG. */
uint64_t fuzz_reg_id(struct fuzz_input *in);

/* Fill the argument of request @cmd on @obj of @size bytes. */
void fuzz_argument(struct fuzz_input *in, const struct kobj *obj,
		   unsigned int cmd, void *arg, size_t size);
/* Features of a vCPU: of four sets. */
uint32_t fuzz_features(unsigned int which);
/* Guest code: what a small guest may be made of. */
uint32_t fuzz_insn(struct fuzz_input *in);

/* Could arm64 Linux answer @ret (a value or -errno) to @cmd? */
bool fuzz_answer_ok(enum kobj_kind kind, unsigned int cmd, long ret);

#endif
