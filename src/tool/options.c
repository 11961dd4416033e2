/* SPDX-License-Identifier: MIT */
/*
 * The commands and options of options.def: rows found, read from a command
 * line, and printed as help.
 */
#include "tool/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kernel/kernel.h"
#include "tool/sysroot.h"
#include "tool/tool.h"

static const struct tool_command commands[] = {
#define COMMAND(name, function, synopsis, words, about) \
	{name, function, synopsis, words, about},
#include "tool/options.def"
};

static const struct tool_option options[] = {
#define OPTION(command, name, letter, value, env, function, wrong, about) \
	{command, name, letter, value, env, false, function, wrong, about},
#include "tool/options.def"
};

#define MAX_OPTIONS 80

const struct tool_command *tool_command(unsigned int n)
{
	return n < ARRAY_SIZE(commands) ? &commands[n] : NULL;
}

const struct tool_command *tool_command_find(const char *name)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(commands); n++)
		if (!strcmp(commands[n].name, name))
			return &commands[n];
	return NULL;
}

/* The one of @command's own at *n, or *n less by how many those are. */
static const struct tool_option *own_option(const char *command,
					    unsigned int *n)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].command, command) && !(*n)--)
			return &options[i];
	return NULL;
}

/* Likewise of the model's. */
static bool model_option(unsigned int *n, struct tool_option *out)
{
	const struct kernel_option_row *row = kernel_option_row(*n);
	unsigned int nr = 0;

	if (row) {
		*out = (struct tool_option){.command = "run",
					    .name = row->name,
					    .value = row->value,
					    .env = row->env,
					    .joins = row->joins,
					    .about = row->about};
		return true;
	}
	while (kernel_option_row(nr))
		nr++;
	*n -= nr;
	return false;
}

bool tool_option(const char *command, unsigned int n, struct tool_option *out)
{
	const struct tool_option *own = NULL;

	if (*command)
		own = own_option(command, &n);
	if (!own && !strcmp(command, "trace"))
		own = own_option("run", &n);
	if (!own && (!strcmp(command, "run") || !strcmp(command, "trace")) &&
	    model_option(&n, out))
		return true;
	if (!own)
		own = own_option("", &n);
	if (own)
		*out = *own;
	return own;
}

/* ---- reading ------------------------------------------------------------- */

/* What was given on the command line, and what getopt_long() has to know. */
struct reading {
	const char *command;
	void *to;
	unsigned int nr;
	struct tool_option row[MAX_OPTIONS];
	bool given[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 1];
	char letters[2 + 2 * MAX_OPTIONS + 1];
};

/* Values of getopt_long() for options, beyond those of letters. */
#define LONG_OPTION 256

static void reading_begin(struct reading *r, const char *command, void *to)
{
	const struct tool_command *c = tool_command_find(command);
	char *letter = r->letters;

	memset(r, 0, sizeof(*r));
	r->command = command;
	r->to = to;
	/* Options end at a COMMAND, whose own follow. */
	if (strstr(c->synopsis, "COMMAND"))
		*letter++ = '+';
	*letter++ = ':';
	while (tool_option(command, r->nr, &r->row[r->nr])) {
		const struct tool_option *row = &r->row[r->nr];

		r->longs[r->nr] = (struct option){
			row->name, row->value ? required_argument : no_argument,
			NULL, LONG_OPTION + (int)r->nr};
		if (row->letter)
			*letter++ = row->letter;
		if (row->letter && row->value)
			*letter++ = ':';
		r->nr++;
		bug_on(r->nr >= MAX_OPTIONS, "no room for the options of %s",
		       command);
	}
}

static struct reading reading;
static const char *typed;

const char *tool_option_typed(void)
{
	return typed;
}

bool tool_option_given(const char *name)
{
	for (unsigned int n = 0; n < reading.nr; n++)
		if (!strcmp(reading.row[n].name, name))
			return reading.given[n];
	return false;
}

static int reading_set(struct reading *r, unsigned int n, const char *value)
{
	const struct tool_option *row = &r->row[n];
	const char *old = row->joins ? getenv(row->env) : NULL;
	char *all = NULL;
	int err = 0;

	if (old && *old && asprintf(&all, "%s;%s", old, value) < 0)
		return tool_fail("no memory");
	if (row->env)
		err = setenv(row->env, all ? all : value ? value : "1", 1);
	free(all);
	if (err)
		return tool_fail("no memory");
	return row->set ? row->set(r->to, value) : 0;
}

static int reading_mistake(const struct reading *r, int opt, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[] = {'-', (char)optopt, '\0'};

	/* A letter need not be at the end of its word. */
	if (optopt > 0 && optopt < LONG_OPTION)
		word = letter;
	if (opt == ':')
		return tool_fail("option %s needs a value", word);
	if (optopt >= LONG_OPTION)
		return tool_fail("option --%s takes no value",
				 r->row[optopt - LONG_OPTION].name);
	return tool_fail("unknown option %s; see fauxkvm %s --help", word,
			 r->command);
}

static int option_number(const struct reading *r, int opt)
{
	unsigned int n = 0;

	if (opt >= LONG_OPTION)
		return opt - LONG_OPTION;
	while (r->row[n].letter != opt)
		n++;
	return (int)n;
}

static int read_line(struct reading *r, int argc, char **argv)
{
	char letter[] = "-x";
	int opt, n, err;

	opterr = 0;
	optind = 0;
	while ((opt = getopt_long(argc, argv, r->letters, r->longs, NULL)) !=
	       -1) {
		if (opt == '?' || opt == ':')
			return reading_mistake(r, opt, argv);
		n = option_number(r, opt);
		if (!strcmp(r->row[n].name, "help"))
			return tool_help(r->command);
		if (!strcmp(r->row[n].name, "version"))
			return tool_version();
		r->given[n] = true;
		letter[1] = (char)opt;
		typed = opt < LONG_OPTION ? strdup(letter) : r->row[n].name;
		err = typed ? reading_set(r, n, optarg)
			    : tool_fail("no memory");
		if (err)
			return err;
	}
	return TOOL_GO_ON;
}

/* Options of the model are left to tool_clock(), which knows what is wrong. */
static int read_environment(struct reading *r)
{
	for (unsigned int n = 0; n < r->nr; n++) {
		const struct tool_option *row = &r->row[n];
		const char *value;
		int err;

		if (!row->env || !row->set || r->given[n])
			continue;
		value = getenv(row->env);
		typed = row->env;
		err = value && *value ? reading_set(r, n, value) : 0;
		if (err)
			return err;
	}
	return TOOL_GO_ON;
}

int tool_options_read(int argc, char **argv, void *to)
{
	int ret;

	reading_begin(&reading, argv[0], to);
	ret = read_line(&reading, argc, argv);
	return ret == TOOL_GO_ON ? read_environment(&reading) : ret;
}

/* ---- help ---------------------------------------------------------------- */

#define COLUMNS 79

/* @text from column @at on, in lines that begin at column @indent. */
static void put_wrapped(const char *text, unsigned int at, unsigned int indent)
{
	unsigned int column = at;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + 1 + len > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)len, text);
		column += (unsigned int)len;
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}

static void put_about(const char *head, const char *about)
{
	const unsigned int indent = 21;
	unsigned int at = (unsigned int)printf("  %s", head);

	if (at >= indent)
		at = (unsigned int)printf("\n") - 1;
	printf("%*s", (int)(indent - at), "");
	put_wrapped(about, indent, indent);
}

static void put_option(const struct tool_option *o)
{
	char head[128], letter[8] = "", about[512];

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(head, sizeof(head), "%s--%s%s%s", letter, o->name,
		 o->value ? " " : "", o->value ? o->value : "");
	snprintf(about, sizeof(about), "%s%s%s%s", o->about, o->env ? " (" : "",
		 o->env ? o->env : "", o->env ? ")" : "");
	put_about(head, about);
}

/* "Usage: " and a line each way to use it. */
static void put_usage(const struct tool_command *c, const char *first)
{
	for (const char *line = c->synopsis; line;) {
		int len = (int)strcspn(line, "\n");

		printf("%s fauxkvm %s %.*s\n", first, c->name, len, line);
		line = line[len] ? line + len + 1 : NULL;
		first = "      ";
	}
}

static void command_help(const struct tool_command *c)
{
	struct tool_option row;

	put_usage(c, "Usage:");
	putchar('\n');
	put_wrapped(c->about, 0, 0);
	puts("\nOptions, and variables of the environment that mean the same:");
	for (unsigned int n = 0; tool_option(c->name, n, &row); n++)
		put_option(&row);
	puts(strcmp(c->name, "run") && strcmp(c->name, "trace")
		     ? "\nThe exit status is 125 if something is wrong."
		     : "\nThe exit status is COMMAND's; 125 if fauxkvm failed, "
		       "126 if COMMAND is there\nbut cannot be run, 127 if it "
		       "is not there.");
}

static void all_help(void)
{
	const struct tool_command *c;
	struct tool_option row;

	for (unsigned int n = 0; (c = tool_command(n)); n++)
		put_usage(c, n ? "      " : "Usage:");
	puts("       fauxkvm help [COMMAND]\n\nCommands:");
	for (unsigned int n = 0; (c = tool_command(n)); n++)
		put_about(c->name, c->about);
	puts("\nOptions of each command:");
	for (unsigned int n = 0; tool_option("", n, &row); n++)
		put_option(&row);
	puts("\nfauxkvm COMMAND --help says what else it takes.");
}

int tool_help(const char *command)
{
	if (command)
		command_help(tool_command_find(command));
	else
		all_help();
	return tool_flush();
}

int tool_version(void)
{
	puts("fauxkvm " PACKAGE_VERSION);
	return tool_flush();
}
