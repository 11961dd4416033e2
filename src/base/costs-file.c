/* SPDX-License-Identifier: MIT */
/*
 * Profile files, see costs-file.h.
 */
#include "base/costs-file.h"

#include <errno.h>
#include <stdio.h>

#include "base/ini-file.h"
#include "base/refuse.h"

struct reading {
	const struct cost_model *const *models;
	unsigned int n;
	struct cost_profile profile;
};

static const char *section_check(void *user, const char *name)
{
	const struct reading *r = user;

	return cost_model_find(r->models, r->n, name)
		       ? NULL
		       : "no model is called like this section";
}

static bool line_take(void *user, const char *section, const char *name,
		      const char *value, char *why, size_t size)
{
	struct reading *r = user;
	enum cost_error err = cost_profile_set(&r->profile, r->models, r->n,
					       section, name, value);

	if (err)
		snprintf(why, size, "%s", cost_error_text(err));
	return !err;
}

static void all_forget(void *user)
{
	cost_profile_free(&((struct reading *)user)->profile);
}

static int line_refuse(const char *name, int nr, const char *why)
{
	return refuse(EINVAL, FKVM_COSTS_FILE, "%s:%d: %s", name, nr, why);
}

static const struct ini_reader reader = {
	.section = section_check,
	.line = line_take,
	.forget = all_forget,
	.lines = "[model] nor row = cycles",
	.mistake = line_refuse,
};

int costs_text_read(const char *name, char *text, size_t len,
		    const struct cost_model *const *models, unsigned int n,
		    struct cost_profile *p)
{
	struct reading r = {.models = models, .n = n};
	int err = ini_text_read(name, text, len, &reader, &r);

	*p = r.profile;
	return err;
}

int costs_file_read(const char *path, const struct cost_model *const *models,
		    unsigned int n, struct cost_profile *p)
{
	struct reading r = {.models = models, .n = n};
	int err = ini_file_read(path, &reader, &r);

	*p = r.profile;
	return err;
}
