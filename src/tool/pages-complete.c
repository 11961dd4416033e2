/* SPDX-License-Identifier: MIT */
/*
 * Shell completion made of the rows of options.def; a part of pages.c's program. What a value
 * is follows from its name in the row: a host, a folder, a file, one of some words.
 */
#include "tool/pages.h"

#include <stdio.h>
#include <string.h>

enum value_kind { VALUE_OTHER, VALUE_HOST, VALUE_DIR, VALUE_FILE, VALUE_WORDS };

static enum value_kind value_kind(const char *value)
{
	if (!strcmp(value, "HOST") || !strcmp(value, "HOST|FILE"))
		return VALUE_HOST;
	if (!strcmp(value, "DIR"))
		return VALUE_DIR;
	if (!strcmp(value, "FILE") || !strcmp(value, "OUT"))
		return VALUE_FILE;
	if (!strncmp(value, "LEVEL", 5) || strchr(value, '|'))
		return VALUE_WORDS;
	return VALUE_OTHER;
}

/* Of VALUE_WORDS: "a|b". */
static const char *value_words(const char *value)
{
	return strncmp(value, "LEVEL", 5) ? value : "error|warn|info|debug";
}

static void put_words(const char *words)
{
	for (; *words; words++)
		putchar(*words == '|' ? ' ' : *words);
}

/* ---- bash ------------------------------------------------------------------ */

/* "run:--host | trace:--host" */
static void put_pattern(const struct page_option *o)
{
	const char *bar = "";

	for (size_t i = 0; i < nr_page_commands; i++) {
		if (!page_option_is_of(o, page_commands[i].name))
			continue;
		printf("%s%s:--%s", bar, page_commands[i].name, o->name);
		bar = " | ";
		if (o->letter)
			printf("%s%s:-%c", bar, page_commands[i].name,
			       o->letter);
	}
}

/* `command:--option) what completes its value ;;` */
static void put_value(const struct page_option *o)
{
	putchar('\t');
	put_pattern(o);
	fputs(") ", stdout);
	switch (value_kind(o->value)) {
	case VALUE_HOST: fputs("_fauxkvm_hosts", stdout); break;
	case VALUE_DIR: fputs("_fauxkvm_files -d", stdout); break;
	case VALUE_FILE: fputs("_fauxkvm_files -f", stdout); break;
	case VALUE_WORDS:
		fputs("_fauxkvm_words ", stdout);
		put_words(value_words(o->value));
		break;
	case VALUE_OTHER: putchar(':');
	}
	puts(" ;;");
}

static void put_command_words(void)
{
	for (size_t i = 0; i < nr_page_commands; i++) {
		if (!*page_commands[i].words)
			continue;
		printf("\t%s) _fauxkvm_words ", page_commands[i].name);
		put_words(page_commands[i].words);
		puts(" ;;");
	}
}

static void put_command_options(void)
{
	for (size_t i = 0; i < nr_page_commands; i++) {
		printf("\t%s) _fauxkvm_words", page_commands[i].name);
		for (size_t k = 0; k < nr_page_options; k++)
			if (page_option_is_of(&page_options[k],
					      page_commands[i].name))
				printf(" --%s", page_options[k].name);
		puts(" ;;");
	}
}

/* A pattern of all options that take one. */
static void put_valued(void)
{
	const char *bar = "";

	for (size_t i = 0; i < nr_page_options; i++) {
		const struct page_option *o = &page_options[i];

		if (!o->value)
			continue;
		printf("%s\t", bar);
		put_pattern(o);
		bar = " | \\\n";
	}
	puts(")");
}

bool bash_put(const char *word, const void *of)
{
	(void)of;
	if (!strcmp(word, "COMMANDS")) {
		fputs("\t\t_fauxkvm_words help --help --version", stdout);
		for (size_t i = 0; i < nr_page_commands; i++)
			printf(" %s", page_commands[i].name);
		putchar('\n');
	} else if (!strcmp(word, "WORDS")) {
		put_command_words();
	} else if (!strcmp(word, "OPTIONS")) {
		put_command_options();
	} else if (!strcmp(word, "VALUED")) {
		put_valued();
	} else if (!strcmp(word, "VALUES")) {
		for (size_t i = 0; i < nr_page_options; i++)
			if (page_options[i].value)
				put_value(&page_options[i]);
	} else {
		return false;
	}
	return true;
}

/* ---- zsh ----------------------------------------------------------------- */

/* Text between quotes, with a backslash before what is in @special. */
static void put_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		if (*text == '\'')
			fputs("'\\'", stdout);
		putchar(*text);
	}
}

/* What _arguments takes: '*'{-o+,--output=}'[about]:FILE:_files' */
static void zsh_put_option(const struct page_option *o)
{
	static const char *const actions[] = {
		[VALUE_OTHER] = " ",       [VALUE_HOST] = "_fauxkvm_hosts",
		[VALUE_DIR] = "_files -/", [VALUE_FILE] = "_files",
		[VALUE_WORDS] = NULL,
	};
	enum value_kind kind = o->value ? value_kind(o->value) : VALUE_OTHER;

	fputs("\t\t\t\t'*'", stdout);
	if (o->letter)
		printf("{-%c%s,--%s%s}'", o->letter, o->value ? "+" : "",
		       o->name, o->value ? "=" : "");
	else
		printf("'--%s%s", o->name, o->value ? "=" : "");
	putchar('[');
	put_quoted(o->about, "[]\\");
	putchar(']');
	if (o->value) {
		putchar(':');
		put_quoted(kind == VALUE_WORDS ? o->name : o->value, ":\\");
		putchar(':');
		if (kind == VALUE_WORDS) {
			putchar('(');
			put_words(value_words(o->value));
			putchar(')');
		} else {
			fputs(actions[kind], stdout);
		}
	}
	puts("' \\");
}

static bool runs_a_command(const struct page_command *c)
{
	return strstr(c->synopsis, "COMMAND [ARGUMENT]") != NULL;
}

static void zsh_put_arguments(const struct page_command *c)
{
	printf("\t\t%s)\n\t\t\t_arguments -S -A '-*' \\\n", c->name);
	for (size_t i = 0; i < nr_page_options; i++)
		if (page_option_is_of(&page_options[i], c->name))
			zsh_put_option(&page_options[i]);
	fputs("\t\t\t\t", stdout);
	if (runs_a_command(c)) {
		fputs("'(-)1:command:_command_names -e' "
		      "'*::argument:_normal'",
		      stdout);
	} else if (*c->words) {
		fputs("'1:what:(", stdout);
		put_words(c->words);
		printf(")' '*:what:%s'",
		       strcmp(c->name, "list") ? "_files" : "_fauxkvm_list_of");
	} else if (!strcmp(c->name, "explain")) {
		fputs("'*:what:_fauxkvm_ids'", stdout);
	} else {
		fputs("'*:what:_files'", stdout);
	}
	puts(" && ret=0\n\t\t\t;;");
}

bool zsh_put(const char *word, const void *of)
{
	(void)of;
	if (strcmp(word, "COMMANDS") && strcmp(word, "ARGUMENTS"))
		return false;
	for (size_t i = 0; i < nr_page_commands; i++) {
		const struct page_command *c = &page_commands[i];

		if (!strcmp(word, "ARGUMENTS")) {
			zsh_put_arguments(c);
			continue;
		}
		printf("\t\t'%s:", c->name);
		put_quoted(c->about, ":\\");
		puts("'");
	}
	return true;
}

/* ---- fish ---------------------------------------------------------------- */

/* -n '__fauxkvm_wants COMMAND...': whose options or operands are next */
static void fish_put_when(const struct page_option *o)
{
	fputs("complete -c fauxkvm -n '__fauxkvm_wants", stdout);
	for (size_t i = 0; i < nr_page_commands; i++)
		if (page_option_is_of(o, page_commands[i].name))
			printf(" %s", page_commands[i].name);
	putchar('\'');
}

/* In fish's quotes a backslash and a quote have one before them. */
static void fish_put_about(const char *about)
{
	fputs(" -d '", stdout);
	for (; *about; about++) {
		if (*about == '\'' || *about == '\\')
			putchar('\\');
		putchar(*about);
	}
	puts("'");
}

static void fish_put_option(const struct page_option *o)
{
	fish_put_when(o);
	printf(" -l %s", o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	switch (o->value ? value_kind(o->value) : VALUE_OTHER) {
	case VALUE_HOST: fputs(" -x -a '(__fauxkvm_hosts)'", stdout); break;
	case VALUE_DIR:
		fputs(" -x -a '(__fish_complete_directories)'", stdout);
		break;
	case VALUE_FILE: fputs(" -r -F", stdout); break;
	case VALUE_WORDS:
		fputs(" -x -a '", stdout);
		put_words(value_words(o->value));
		putchar('\'');
		break;
	case VALUE_OTHER: fputs(o->value ? " -x" : "", stdout);
	}
	fish_put_about(o->about);
}

static void fish_put_command(const struct page_command *c)
{
	static const char *const when[] = {"__fauxkvm_has_no_command",
					   "'__fauxkvm_wants help'"};

	for (size_t i = 0; i < 2; i++) {
		printf("complete -c fauxkvm -n %s -f -a %s", when[i], c->name);
		fish_put_about(c->about);
	}
	if (!*c->words)
		return;
	printf("complete -c fauxkvm -n '__fauxkvm_wants %s' -f -a '", c->name);
	put_words(c->words);
	puts("'");
}

bool fish_put(const char *word, const void *of)
{
	(void)of;
	if (!strcmp(word, "COMMANDS")) {
		for (size_t i = 0; i < nr_page_commands; i++)
			fish_put_command(&page_commands[i]);
	} else if (!strcmp(word, "OPTIONS")) {
		for (size_t i = 0; i < nr_page_options; i++)
			fish_put_option(&page_options[i]);
	} else if (!strcmp(word, "VALUED")) {
		for (size_t i = 0; i < nr_page_options; i++) {
			const struct page_option *o = &page_options[i];

			if (!o->value)
				continue;
			printf("\t--%s", o->name);
			if (o->letter)
				printf(" -%c", o->letter);
			puts(" \\");
		}
	} else {
		return false;
	}
	return true;
}
