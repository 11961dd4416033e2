/* SPDX-License-Identifier: MIT */
/*
 * What a VM's time is and what becomes of it, as the process was told: one row
 * an option of `fauxkvm run`. Set before the first open, constant from then on.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/refuse.h"
#include "base/types.h"
#include "kernel/inject.h"
#include "kernel/kernel.h"
#include "kernel/record.h"
#include "kernel/trace.h"

/* How the value is kept: the word's number, the word, a number, a path. */
enum option_type {
	OPTION_ENUM,
	OPTION_WORD,
	OPTION_NUMBER,
	OPTION_FILE,
	OPTION_TEXT
};

static const struct option {
	struct kernel_option_row row;
	enum option_type type;
	size_t at; /* in struct kernel_clock_options */
	unsigned long min, max;
} options[] = {
#define ROW(name, env, value, about, type, field, min, max)        \
	{{name, "FAUXKVM_" env, value, about, type == OPTION_FILE, \
	  type == OPTION_TEXT},                                    \
	 type,                                                     \
	 offsetof(struct kernel_clock_options, field),             \
	 min,                                                      \
	 max},
#include "kernel/clock-options.def"
#undef ROW
};

static struct kernel_clock_options chosen = KERNEL_CLOCK_DEFAULTS;

const struct kernel_option_row *kernel_option_row(unsigned int n)
{
	return n < ARRAY_SIZE(options) ? &options[n].row : NULL;
}

/* The number of @word among those of @list ("host|cycles"), -1: it is none. */
static int word_number(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (int n = 0;; n++) {
		size_t l = strcspn(list, "|");

		if (l == len && !memcmp(list, word, len))
			return n;
		if (!list[l])
			return -1;
		list += l + 1;
	}
}

/* @path from the root, as the VMM may go to another folder; never freed. */
static char *path_keep(const char *path)
{
	char *cwd = *path == '/' ? NULL : getcwd(NULL, 0), *whole;

	if (!cwd)
		return strdup(path);
	if (asprintf(&whole, "%s/%s", cwd, path) < 0)
		whole = NULL;
	free(cwd);
	return whole;
}

static int set_word(const struct option *o, const char *value, void *to)
{
	int n = o->type == OPTION_TEXT ? 0 : word_number(o->row.value, value);

	if (n < 0)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "%s: '%s' is none of %s", o->row.name, value,
			      o->row.value);
	if (o->type == OPTION_ENUM) {
		*(unsigned int *)to = (unsigned int)n;
		return 0;
	}
	*(const char **)to = strdup(value);
	return *(const char **)to ? 0
				  : refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
}

static int set_number(const struct option *o, const char *value, void *to)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 10);
	/* strtoul() would take " 1", "+1" and "-1". */
	if (*value < '0' || *value > '9' || *end || errno || n < o->min ||
	    n > o->max)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "%s: '%s' is no number from %lu to %lu",
			      o->row.name, value, o->min, o->max);
	*(unsigned int *)to = (unsigned int)n;
	return 0;
}

static int set_file(const struct option *o, const char *value, void *to)
{
	if (!*value)
		return refuse(EINVAL, FKVM_OPTION_VALUE, "%s: no file is named",
			      o->row.name);
	*(const char **)to = path_keep(value);
	return *(const char **)to ? 0
				  : refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
}

int kernel_option_set(struct kernel_clock_options *opts, unsigned int n,
		      const char *value)
{
	const struct option *o = &options[n];
	void *to = (char *)opts + o->at;
	int err = o->type == OPTION_NUMBER ? set_number(o, value, to)
		  : o->type == OPTION_FILE ? set_file(o, value, to)
					   : set_word(o, value, to);

	if (!err)
		opts->given |= 1u << n;
	return err;
}

const char *kernel_option_text(const struct kernel_clock_options *opts,
			       unsigned int n)
{
	const struct option *o = &options[n];

	if (o->type != OPTION_FILE && o->type != OPTION_WORD)
		return NULL;
	return *(const char *const *)((const char *)opts + o->at);
}

static bool was_given(const struct kernel_clock_options *opts, size_t at)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(options); n++)
		if (options[n].at == at)
			return opts->given >> n & 1;
	return false;
}

/* Recording and replaying are of counted time, which need not be said. */
static int check_record(struct kernel_clock_options *opts)
{
	if (!opts->record && !opts->replay)
		return 0;
	if (opts->record && opts->replay)
		return refuse(EINVAL, FKVM_OPTION_COMBINATION,
			      "record and replay exclude each other");
	if (!was_given(opts, offsetof(struct kernel_clock_options, clock)))
		opts->clock = KERNEL_CLOCK_CYCLES;
	if (opts->clock != KERNEL_CLOCK_CYCLES)
		return refuse(EINVAL, FKVM_OPTION_COMBINATION,
			      "%s: only --clock=cycles can be repeated",
			      opts->record ? "record" : "replay");
	return 0;
}

/* Unless it was given, the option kept at @at is what @value says. */
static int adopt(struct kernel_clock_options *opts, size_t at,
		 const char *value)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(options); n++)
		if (options[n].at == at && !(opts->given >> n & 1) &&
		    strcmp(value, "-"))
			return kernel_option_set(opts, n, value);
	return 0;
}

/* A replay has what its recording had. */
static int adopt_head(struct kernel_clock_options *opts)
{
	struct record_head head;
	char quantum[24];
	int err = replay_head(opts->replay, &head);

	if (err)
		return (int)refused_within(err, "replay");
	snprintf(quantum, sizeof(quantum), "%llu",
		 (unsigned long long)head.quantum);
	err = adopt(opts, offsetof(struct kernel_clock_options, quantum),
		    quantum);
	if (!err)
		err = adopt(opts, offsetof(struct kernel_clock_options, core),
			    head.core);
	if (!err)
		err = adopt(opts,
			    offsetof(struct kernel_clock_options, irqchip),
			    head.irqchip);
	return err ? (int)refused_within(err, "%s", opts->replay) : 0;
}

static int apply(const struct kernel_clock_options *opts)
{
	int err = (int)refused_within(kernel_costs_load(opts->costs), "costs");

	if (!err)
		err = trace_check(opts);
	if (!err)
		err = inject_check(opts);
	if (!err && opts->record)
		err = record_init(opts);
	if (!err && opts->replay)
		err = (int)refused_within(replay_init(opts), "replay");
	return err;
}

int kernel_set_clock(struct kernel_clock_options *opts)
{
	struct kernel_clock_options before = chosen;
	int err = check_record(opts);

	if (!err && opts->replay)
		err = adopt_head(opts);
	if (err)
		return err;
	/* The models are those of the architecture. */
	chosen = *opts;
	err = apply(opts);
	if (err)
		chosen = before;
	return err;
}

/* Of what is given, what says something about counted time only. */
static const size_t counted_only[] = {
	offsetof(struct kernel_clock_options, quantum),
	offsetof(struct kernel_clock_options, idle_wait_ms),
	offsetof(struct kernel_clock_options, core),
	offsetof(struct kernel_clock_options, irqchip),
	offsetof(struct kernel_clock_options, costs),
};

static const char *name_at(size_t at)
{
	unsigned int n = 0;

	while (options[n].at != at)
		n++;
	return options[n].row.name;
}

/* Of what is given, what says something about translated code only. */
static const size_t translated_only[] = {
	offsetof(struct kernel_clock_options, jit_memory_mib),
	offsetof(struct kernel_clock_options, jit_isa),
};

/* Likewise about traces, and how they are counted. */
static const size_t traced_only[] = {
	offsetof(struct kernel_clock_options, trace_format),
	offsetof(struct kernel_clock_options, trace_filter),
};

static int refuse_given(const struct kernel_clock_options *opts,
			const size_t *at, size_t n, const char *beside)
{
	for (size_t i = 0; i < n; i++)
		if (was_given(opts, at[i]))
			return refuse(EINVAL, FKVM_OPTION_COMBINATION,
				      "%s: has no effect %s", name_at(at[i]),
				      beside);
	return 0;
}

int kernel_options_heard(const struct kernel_clock_options *opts)
{
	static const size_t events =
		offsetof(struct kernel_clock_options, stat_events);
	int err = 0;

	if (!opts->stat)
		err = refuse_given(opts, &events, 1, "without --stat");
	if (!err && !opts->trace && !getenv(TRACE_COUNT_ENV))
		err = refuse_given(opts, traced_only, ARRAY_SIZE(traced_only),
				   "without --trace");
	if (!err && opts->cpu == KERNEL_CPU_INTERP)
		err = refuse_given(opts, translated_only,
				   ARRAY_SIZE(translated_only),
				   "with --cpu=interp");
	if (!err && opts->clock != KERNEL_CLOCK_CYCLES)
		err = refuse_given(opts, counted_only, ARRAY_SIZE(counted_only),
				   "without --clock=cycles");
	return err;
}

const struct kernel_clock_options *kernel_clock(void)
{
	return &chosen;
}
