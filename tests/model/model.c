/* SPDX-License-Identifier: MIT */
/*
 * Rounds of random steps and their reduction, see tests/model/model.h. A
 * round's seed is the run's plus its number, so that a failing round is
 * repeated alone by --seed and --steps.
 */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t dice_u64(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned int dice_below(struct dice *d, unsigned int n)
{
	return (dice_u64(d) >> 32) * n >> 32;
}

bool dice_once(struct dice *d, unsigned int n)
{
	return !dice_below(d, n);
}

struct round {
	const struct world_type *type;
	uint64_t seed;
	struct step *steps;
	unsigned long n;
	char why[256];
};

/* Without the steps of @out .. @out + @span. */
static bool fails_without(struct round *r, unsigned long out,
			  unsigned long span)
{
	void *w = r->type->new (r->seed);
	bool same = true;
	char why[sizeof(r->why)];
	unsigned long i;

	for (i = 0; same && i < r->n; i++)
		if (i < out || i >= out + span)
			same = r->type->run(w, &r->steps[i], why, sizeof(why));
	r->type->free(w);
	if (same)
		return false;
	memcpy(r->why, why, sizeof(why));
	r->n = i; /* nothing behind it matters */
	return true;
}

static void reduce(struct round *r)
{
	for (unsigned long span = r->n / 2; span; span /= 2)
		for (unsigned long at = 0; at + span <= r->n;) {
			if (!fails_without(r, at, span)) {
				at += span;
				continue;
			}
			memmove(&r->steps[at], &r->steps[at + span],
				(r->n - at - span) * sizeof(r->steps[0]));
			r->n -= span;
		}
}

static void tell(struct round *r)
{
	char line[256];

	fprintf(stderr,
		"%s: differs from the reference; again: --model %s --seed %llu "
		"--steps %lu\n",
		r->type->name, r->type->name, (unsigned long long)r->seed,
		r->n);
	reduce(r);
	fails_without(r, r->n, 0); /* why, as it is now */
	for (unsigned long i = 0; i < r->n; i++) {
		r->type->print(&r->steps[i], line, sizeof(line));
		fprintf(stderr, "  %s\n", line);
	}
	fprintf(stderr, "  %s\n", r->why);
}

static bool round_run(struct round *r, unsigned long steps)
{
	struct dice d = {r->seed};
	void *w = r->type->new (r->seed);
	bool same = true;

	for (r->n = 0; same && r->n < steps; r->n++) {
		r->type->make(w, &d, &r->steps[r->n]);
		same = r->type->run(w, &r->steps[r->n], r->why, sizeof(r->why));
	}
	r->type->free(w);
	return same;
}

bool model_check(const struct world_type *type, uint64_t seed,
		 unsigned long steps, unsigned long round)
{
	struct round r = {.type = type, .seed = seed};
	bool same = true;

	r.steps = calloc(round, sizeof(r.steps[0]));
	for (; same && steps; r.seed++) {
		unsigned long n = steps < round ? steps : round;

		same = round_run(&r, n);
		steps -= n;
		if (!same) {
			tell(&r);
			break;
		}
	}
	free(r.steps);
	return same;
}
