/* SPDX-License-Identifier: MIT */
/*
 * Cost tables: looking up models and rows by name, and profiles that change
 * them. Used when a VM is configured, never while it runs.
 */
#include "base/costs.h"

#include <stdlib.h>
#include <string.h>

const struct cost_model *cost_model_find(const struct cost_model *const *models,
					 unsigned int n, const char *name)
{
	for (unsigned int i = 0; i < n; i++)
		if (!strcmp(models[i]->name, name))
			return models[i];
	return NULL;
}

int cost_row_find(const struct cost_model *m, const char *name)
{
	for (unsigned int i = 0; i < m->nr; i++)
		if (m->rows[i].name && !strcmp(m->rows[i].name, name))
			return (int)i;
	return -1;
}

const char *cost_error_text(enum cost_error err)
{
	static const char *const texts[NR_COST_ERRORS] = {
		[COST_OK] = "no error",
		[COST_NO_MODEL] = "no such model",
		[COST_NO_ROW] = "the model has no such row",
		[COST_NO_NUMBER] = "not a decimal number",
		[COST_TOO_LARGE] = "more than 1000000000 cycles",
		[COST_TWICE] = "set twice",
		[COST_NO_MEMORY] = "out of memory",
	};

	return texts[err];
}

/* strtoul() takes blanks, signs and other bases, which are mistakes here. */
static enum cost_error parse_cycles(const char *s, uint32_t *cycles)
{
	uint64_t v = 0;

	if (!*s)
		return COST_NO_NUMBER;
	for (const char *c = s; *c; c++)
		if (*c < '0' || *c > '9')
			return COST_NO_NUMBER;
	for (; *s; s++) {
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > COST_MAX)
			return COST_TOO_LARGE;
	}
	*cycles = (uint32_t)v;
	return COST_OK;
}

enum cost_error cost_profile_set(struct cost_profile *p,
				 const struct cost_model *const *models,
				 unsigned int n, const char *model,
				 const char *row, const char *value)
{
	const struct cost_model *m = cost_model_find(models, n, model);
	int r = m ? cost_row_find(m, row) : -1;
	struct cost_change *changes;
	enum cost_error err;
	uint32_t cycles;

	if (!m)
		return COST_NO_MODEL;
	if (r < 0)
		return COST_NO_ROW;
	err = parse_cycles(value, &cycles);
	if (err)
		return err;
	for (unsigned int i = 0; i < p->nr; i++)
		if (p->changes[i].model == m &&
		    p->changes[i].row == (unsigned int)r)
			return COST_TWICE;

	changes = realloc(p->changes, (p->nr + 1) * sizeof(*changes));
	if (!changes)
		return COST_NO_MEMORY;
	changes[p->nr] = (struct cost_change){m, (unsigned int)r, cycles};
	p->changes = changes;
	p->nr++;
	return COST_OK;
}

void cost_profile_free(struct cost_profile *p)
{
	free(p->changes);
	*p = (struct cost_profile){0};
}

void costs_fill(uint32_t *cycles, const struct cost_model *m,
		const struct cost_profile *p)
{
	for (unsigned int i = 0; i < m->nr; i++)
		cycles[i] = m->rows[i].cycles;
	for (unsigned int i = 0; p && i < p->nr; i++)
		if (p->changes[i].model == m)
			cycles[p->changes[i].row] = p->changes[i].cycles;
}
