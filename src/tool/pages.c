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
 *       @VALUES@
 *   pages rows
 *       command, option, letter, value, variable, a wrong value: a line each,
 *       "-" for what is not there
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct command {
	const char *name, *synopsis, *words, *about;
};

static const struct command commands[] = {
#define COMMAND(name, function, synopsis, words, about) \
	{name, synopsis, words, about},
#include "tool/options.def"
};

struct option {
	const char *command, *name;
	char letter;
	const char *value, *env, *wrong, *about;
};

/* What is wrong for the types of clock-options.def. */
#define OPTION_ENUM   "nonsense"
#define OPTION_WORD   "nonsense"
#define OPTION_NUMBER "many"
#define OPTION_FILE   "."
#define OPTION_TEXT   "sausage"

static const struct option options[] = {
#define OPTION(command, name, letter, value, env, function, wrong, about) \
	{command, name, letter, value, env, wrong, about},
#include "tool/options.def"
#define ROW(name, env, value, about, type, field, min, max) \
	{"run", name, 0, value, "FAUXKVM_" env, type, about},
#include "kernel/clock-options.def"
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define NR_OPTIONS  (sizeof(options) / sizeof(options[0]))

/* trace has run's options, too. */
static bool is_of(const struct option *o, const char *command)
{
	return !*o->command || !strcmp(o->command, command) ||
	       (!strcmp(command, "trace") && !strcmp(o->command, "run"));
}

/* "run:--host | trace:--host" */
static void put_pattern(const struct option *o)
{
	const char *bar = "";

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!is_of(o, commands[i].name))
			continue;
		printf("%s%s:--%s", bar, commands[i].name, o->name);
		bar = " | ";
		if (o->letter)
			printf("%s%s:-%c", bar, commands[i].name, o->letter);
	}
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

static void put_usage(const struct command *c)
{
	for (const char *line = c->synopsis; *line;) {
		printf(".Nm fauxkvm %s\n", c->name);
		line = put_use(line);
	}
}

static void put_option(const struct option *o)
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
	for (size_t i = 0; *command && i < NR_OPTIONS; i++)
		if (!strcmp(options[i].command, command))
			put_option(&options[i]);
	for (size_t i = 0; i < NR_OPTIONS; i++)
		if (!*options[i].command)
			put_option(&options[i]);
	puts(".El");
}

static void put_commands(void)
{
	puts(".Bl -tag -width report");
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		printf(".It Cm %s\n", commands[i].name);
		put_text(commands[i].about);
		printf(":\n.Xr fauxkvm-%s 1\n", commands[i].name);
	}
	puts(".El");
}

static bool man_put(const char *word, const void *of)
{
	const struct command *c = of;

	if (!strcmp(word, "SYNOPSIS")) {
		for (size_t i = 0; i < NR_COMMANDS; i++)
			if (!c || c == &commands[i])
				put_usage(&commands[i]);
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
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return fill(man_put, &commands[i]);
	fprintf(stderr, "pages: no command %s\n", name);
	return 1;
}

/* ---- completion ---------------------------------------------------------- */

/* "a|b" are what is completed. */
static void put_words(const char *words)
{
	fputs("_fauxkvm_words ", stdout);
	for (; *words; words++)
		putchar(*words == '|' ? ' ' : *words);
}

/* `command:--option) what completes its value ;;` */
static void put_value(const struct option *o)
{
	putchar('\t');
	put_pattern(o);
	fputs(") ", stdout);
	if (!strcmp(o->value, "HOST"))
		fputs("_fauxkvm_hosts", stdout);
	else if (!strcmp(o->value, "DIR"))
		fputs("_fauxkvm_files -d", stdout);
	else if (!strcmp(o->value, "FILE") || !strcmp(o->value, "OUT"))
		fputs("_fauxkvm_files -f", stdout);
	else if (!strncmp(o->value, "LEVEL", 5))
		fputs("_fauxkvm_words error warn info debug", stdout);
	else if (strchr(o->value, '|'))
		put_words(o->value);
	else
		putchar(':');
	puts(" ;;");
}

static void put_command_words(void)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!*commands[i].words)
			continue;
		printf("\t%s) ", commands[i].name);
		put_words(commands[i].words);
		puts(" ;;");
	}
}

static void put_command_options(void)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		printf("\t%s) _fauxkvm_words", commands[i].name);
		for (size_t k = 0; k < NR_OPTIONS; k++)
			if (is_of(&options[k], commands[i].name))
				printf(" --%s", options[k].name);
		puts(" ;;");
	}
}

/* A pattern of all options that take one. */
static void put_valued(void)
{
	const char *bar = "";

	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const struct option *o = &options[i];

		if (!o->value)
			continue;
		printf("%s\t", bar);
		put_pattern(o);
		bar = " | \\\n";
	}
	puts(")");
}

static bool bash_put(const char *word, const void *of)
{
	(void)of;
	if (!strcmp(word, "COMMANDS")) {
		fputs("\t\t_fauxkvm_words help --help --version", stdout);
		for (size_t i = 0; i < NR_COMMANDS; i++)
			printf(" %s", commands[i].name);
		putchar('\n');
	} else if (!strcmp(word, "WORDS")) {
		put_command_words();
	} else if (!strcmp(word, "OPTIONS")) {
		put_command_options();
	} else if (!strcmp(word, "VALUED")) {
		put_valued();
	} else if (!strcmp(word, "VALUES")) {
		for (size_t i = 0; i < NR_OPTIONS; i++)
			if (options[i].value)
				put_value(&options[i]);
	} else {
		return false;
	}
	return true;
}

/* ---- tests --------------------------------------------------------------- */

static int rows(void)
{
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const struct option *o = &options[i];

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
	else if (argc == 2 && !strcmp(argv[1], "rows"))
		ret = rows();
	if (ret < 0)
		fputs("usage: pages man COMMAND | bash | rows\n", stderr);
	return ret || fflush(stdout);
}
