/* SPDX-License-Identifier: MIT */
/*
 * Cost tables: what something takes in cycles of counted time, a row a figure,
 * with where the figure comes from beside it. A model ("gic-600",
 * "cortex-a72") is such a table; a profile is what a user changes of models
 * for one VM. Who owns a model numbers its rows by an enum of his own, and keeps
 * the cycles that a VM has in an array by the same numbers.
 */
#ifndef FAUXKVM_BASE_COSTS_H
#define FAUXKVM_BASE_COSTS_H

#include <stdbool.h>

#include "base/types.h"

/* No row takes more: a second. Sums of many rows stay far from overflow. */
#define COST_MAX UINT32_C(1000000000)

struct cost_row {
	const char *name; /* kebab-case, one of its kind in the model */
	uint32_t cycles;  /* (or a size, where the name says so) */
	const char
		*source; /* the document and section; or "assumed", and why */
};

struct cost_model {
	const char *name;  /* as options and profile files have it */
	const char *about; /* one line */
	const struct cost_row *rows;
	unsigned int nr;
};

/* Of @n models the one of this name, NULL: none. */
const struct cost_model *cost_model_find(const struct cost_model *const *models,
					 unsigned int n, const char *name);
/* The number of the row of this name, or -1. */
int cost_row_find(const struct cost_model *m, const char *name);

/* A row of a model that a profile changes. */
struct cost_change {
	const struct cost_model *model;
	unsigned int row;
	uint32_t cycles;
};

/* What a profile changes; all zero: nothing. */
struct cost_profile {
	struct cost_change *changes;
	unsigned int nr;
};

enum cost_error {
	COST_OK,
	COST_NO_MODEL,  /* none of this name */
	COST_NO_ROW,    /* the model has none of this name */
	COST_NO_NUMBER, /* not a decimal number, and nothing but it */
	COST_TOO_LARGE, /* more than COST_MAX */
	COST_TWICE,     /* the row was changed before */
	COST_NO_MEMORY,
	NR_COST_ERRORS
};

/* What is wrong, to stand behind a name or value: "no such model". */
const char *cost_error_text(enum cost_error err);

/*
 * Add to @p that row @row of model @model takes @value (a decimal number). An
 * error leaves @p as it was.
 */
enum cost_error cost_profile_set(struct cost_profile *p,
				 const struct cost_model *const *models,
				 unsigned int n, const char *model,
				 const char *row, const char *value);
void cost_profile_free(struct cost_profile *p);

/* Fill cycles[0..m->nr-1] with @m's figures as @p (may be NULL) changes them. */
void costs_fill(uint32_t *cycles, const struct cost_model *m,
		const struct cost_profile *p);

#endif
