/* SPDX-License-Identifier: MIT */
/*
 * Random steps on a model and on a reference model of the same thing, which
 * must agree after each. A kind of model ("world") says what its steps are;
 * what is here makes them from a seed, and finds the fewest that still
 * differ.
 */
#ifndef FAUXKVM_TESTS_MODEL_MODEL_H
#define FAUXKVM_TESTS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What they mean is the world's business, but for its own line of @why. */
struct step {
	uint16_t kind;
	uint8_t vcpu;
	uint8_t len;
	uint32_t at;
	uint64_t val;
};

/* splitmix64 */
struct dice {
	uint64_t state;
};
uint64_t dice_u64(struct dice *d);
/* 0 .. n - 1 */
unsigned int dice_below(struct dice *d, unsigned int n);
/* True once in @n. */
bool dice_once(struct dice *d, unsigned int n);

struct world_type {
	const char *name;
	/* A fresh pair; what it is like depends on @seed alone. */
	void *(*new)(uint64_t seed);
	void (*free)(void *world);
	void (*make)(void *world, struct dice *d, struct step *step);
	/* Do it on both. False: they differ, @why says how. */
	bool (*run)(void *world, const struct step *step, char *why,
		    size_t len);
	void (*print)(const struct step *step, char *buf, size_t len);
};

extern const struct world_type world_gicv2, world_gicv3, world_gicv2_counted,
	world_gicv3_counted, world_mpic;

/* @steps steps beginning with @seed, in rounds with a world each. False, and
 * the fewest steps that show it on stderr: they differ. */
bool model_check(const struct world_type *type, uint64_t seed,
		 unsigned long steps, unsigned long round);

#endif
