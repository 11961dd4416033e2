/* SPDX-License-Identifier: MIT */
/*
 * Rows of options.def and clock-options.def as the program that makes pages and completion of
 * them has them (pages.c).
 */
#ifndef FAUXKVM_TOOL_PAGES_H
#define FAUXKVM_TOOL_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct page_command {
	const char *name, *synopsis, *words, *about;
};

struct page_option {
	const char *command, *name;
	char letter;
	const char *value, *env, *wrong, *about;
};

extern const struct page_command page_commands[];
extern const struct page_option page_options[];
extern const size_t nr_page_commands, nr_page_options;

/* trace has run's options, too. */
bool page_option_is_of(const struct page_option *o, const char *command);

/* Write what a template's line "@WORD@" stands for; false: no such word. */
bool bash_put(const char *word, const void *of);
bool zsh_put(const char *word, const void *of);
bool fish_put(const char *word, const void *of);

#endif
