/* SPDX-License-Identifier: MIT */
/*
 * Makes manual pages, shell completion and a list for tests of the rows of
 * options.def and clock-options.def. It runs where fauxkvm is built, which need
 * not be where fauxkvm runs, so it has nothing but those rows.
 *
 *   pages man COMMAND <TEMPLATE
 *       the template (mdoc) with its lines @SYNOPSIS@, @OPTIONS@, @COMMANDS@
 *       replaced; COMMAND "": the page of fauxkvm
 *   pages bash <TEMPLATE
 *       completion for bash: @COMMANDS@, @WORDS@, @OPTIONS@, @VALUED@,
 *       @VALUES@; so do zsh (@COMMANDS@, @ARGUMENTS@) and fish (@COMMANDS@,
 *       @OPTIONS@, @VALUED@)
 *   pages rows
 *       command, option, letter, value, variable, a wrong value: a line each,
 *       "-" for what is not there
 */
#include "tool/pages.h"

#include <stdio.h>
#include <string.h>

const struct page_command page_commands[] = {
#define COMMAND(name, function, synopsis, words, about) \
	{name, synopsis, words, about},
#include "tool/options.def"
};

/* What is wrong for the types of clock-options.def. */
#define OPTION_ENUM   "nonsense"
#define OPTION_WORD   "nonsense"
#define OPTION_NUMBER "many"
#define OPTION_FILE   "."
#define OPTION_TEXT   "sausage"

const struct page_option page_options[] = {
#define OPTION(command, name, letter, value, env, function, wrong, about) \
	{command, name, letter, value, env, wrong, about},
#include "tool/options.def"
#define ROW(name, env, value, about, type, field, min, max) \
	{"run", name, 0, value, "FAUXKVM_" env, type, about},
#include "kernel/clock-options.def"
};

const size_t nr_page_commands =
	sizeof(page_commands) / sizeof(page_commands[0]);
const size_t nr_page_options = sizeof(page_options) / sizeof(page_options[0]);

bool page_option_is_of(const struct page_option *o, const char *command)
{
	return !*o->command || !strcmp(o->command, command) ||
	       (!strcmp(command, "trace") && !strcmp(o->command, "run"));
}

/* Copy the template; @put writes what a line "@WORD@" stands for, or does not
 * know it. */
static int fill(bool (*put)(const char *word, const void *of), const void *of)
{
	char line[1024];
	size_t len;

	while (fgets(line, sizeof(line), stdin)) {
		len = strcspn(line, "\n");
		if (len < 3 || line[0] != '@' || line[len - 1] != '@') {
			fputs(line, stdout);
			continue;
		}
		line[len - 1] = '\0';
		if (put(line + 1, of))
			continue;
		fprintf(stderr, "pages: no @%s@ here\n", line + 1);
		return 1;
	}
	return 0;
}

/* ---- manual pages -------------------------------------------------------- */

/* Text in a line of mdoc. */
static void put_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++)
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
}

/* A word of a synopsis, with the macro for what it is. */
static void put_word(const char *word, size_t len)
{
	const bool option = word[0] == '-';
	const char *macro = "Cm ";

	if (option)
		macro = "Fl ";
	else if (len && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= len)
		macro = "Ar ";
	else if (word[0] == '.')
		macro = "Ns ";
	fputs(macro, stdout);
	for (size_t i = option; i < len; i++)
		printf(word[i] == '-' ? "\\-" : "%c", word[i]);
}

/* One way of use, "[--json] FILE|PID", up to its end. */
static const char *put_use(const char *line)
{
	const char *space = ".";

	while (*line && *line != '\n') {
		size_t len = strcspn(line, "[]|. \n");

		if (*line == ' ') {
			line++;
			continue;
		}
		if (*line == '.')
			len = strspn(line, ".");
		fputs(space, stdout);
		space = " ";
		if (len)
			put_word(line, len);
		else
			fputs(*line == '['   ? "Oo"
			      : *line == ']' ? "Oc"
					     : "|",
			      stdout);
		line += len ? len : 1;
	}
	putchar('\n');
	return *line ? line + 1 : line;
}

static void put_usage(const struct page_command *c)
{
	for (const char *line = c->synopsis; *line;) {
		printf(".Nm fauxkvm %s\n", c->name);
		line = put_use(line);
	}
}

static void put_option(const struct page_option *o)
{
	fputs(".It", stdout);
	if (o->letter)
		printf(" Fl %c ,", o->letter);
	fputs(" Fl ", stdout);
	put_text("-");
	put_text(o->name);
	if (o->value)
		printf(" Ar %s", o->value);
	putchar('\n');
	put_text(o->about);
	putchar('\n');
	if (o->env)
		printf(".Pq Ev %s\n", o->env);
}

static void put_options(const char *command)
{
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; *command && i < nr_page_options; i++)
		if (!strcmp(page_options[i].command, command))
			put_option(&page_options[i]);
	for (size_t i = 0; i < nr_page_options; i++)
		if (!*page_options[i].command)
			put_option(&page_options[i]);
	puts(".El");
}

static void put_commands(void)
{
	puts(".Bl -tag -width report");
	for (size_t i = 0; i < nr_page_commands; i++) {
		printf(".It Cm %s\n", page_commands[i].name);
		put_text(page_commands[i].about);
		printf(":\n.Xr fauxkvm-%s 1\n", page_commands[i].name);
	}
	puts(".El");
}

static bool man_put(const char *word, const void *of)
{
	const struct page_command *c = of;

	if (!strcmp(word, "SYNOPSIS")) {
		for (size_t i = 0; i < nr_page_commands; i++)
			if (!c || c == &page_commands[i])
				put_usage(&page_commands[i]);
	} else if (!strcmp(word, "OPTIONS")) {
		put_options(c ? c->name : "");
	} else if (!strcmp(word, "COMMANDS")) {
		put_commands();
	} else {
		return false;
	}
	return true;
}

static int man(const char *name)
{
	if (!*name)
		return fill(man_put, NULL);
	for (size_t i = 0; i < nr_page_commands; i++)
		if (!strcmp(page_commands[i].name, name))
			return fill(man_put, &page_commands[i]);
	fprintf(stderr, "pages: no command %s\n", name);
	return 1;
}

/* ---- tests --------------------------------------------------------------- */

static int rows(void)
{
	for (size_t i = 0; i < nr_page_options; i++) {
		const struct page_option *o = &page_options[i];

		printf("%s\t%s\t%c\t%s\t%s\t%s\n",
		       *o->command ? o->command : "-", o->name,
		       o->letter ? o->letter : '-', o->value ? o->value : "-",
		       o->env ? o->env : "-", o->wrong ? o->wrong : "-");
	}
	return 0;
}

int main(int argc, char **argv)
{
	int ret = -1;

	if (argc == 3 && !strcmp(argv[1], "man"))
		ret = man(argv[2]);
	else if (argc == 2 && !strcmp(argv[1], "bash"))
		ret = fill(bash_put, NULL);
	else if (argc == 2 && !strcmp(argv[1], "zsh"))
		ret = fill(zsh_put, NULL);
	else if (argc == 2 && !strcmp(argv[1], "fish"))
		ret = fill(fish_put, NULL);
	else if (argc == 2 && !strcmp(argv[1], "rows"))
		ret = rows();
	if (ret < 0)
		fputs("usage: pages man COMMAND | bash | zsh | fish | rows\n",
		      stderr);
	return ret || fflush(stdout);
}
