/* SPDX-License-Identifier: MIT */
/*
 * The text of recordings: writing and checking lines, reading whole files. Knows
 * nothing of VMs.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "base/text-file.h"
#include "kernel/record.h"
#include "kernel/system.h"

#define FILE_MAX  (UINT64_C(1) << 31)
#define MAGIC     "fauxkvm-record 1"
#define OWNER_MAX 511

static const char *const kind_names[NR_RECORD_KINDS] = {
	[RECORD_IRQFD] = "irqfd",   [RECORD_REQUEST] = "request",
	[RECORD_AWAY] = "away",     [RECORD_BACK] = "back",
	[RECORD_WAKE] = "wake",     [RECORD_EXIT] = "exit",
	[RECORD_ENTER] = "enter",   [RECORD_READ] = "read",
	[RECORD_BEFORE] = "before", [RECORD_END] = "end",
};

/* ---- writing ------------------------------------------------------------- */

size_t record_head_text(const struct record_head *h, char *buf, size_t size)
{
	int n = snprintf(buf, size,
			 MAGIC "\narch %s\nhost %s\ncore %s\nirqchip %s\n"
			       "quantum %llu\ncosts %llu\nvcpus %llu\n",
			 h->arch, h->host, h->core, h->irqchip,
			 (unsigned long long)h->quantum,
			 (unsigned long long)h->costs,
			 (unsigned long long)h->vcpus);

	bug_on(n < 0 || (size_t)n >= size, "a head of %d bytes", n);
	return n;
}

size_t record_line_text(enum record_kind kind, const struct input_point *at,
			const char *what, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s %llu %d %llu%s%s\n", kind_names[kind],
			 (unsigned long long)at->cycle, at->owner,
			 (unsigned long long)at->exits, *what ? " " : "", what);

	bug_on(n < 0 || (size_t)n >= size, "a line of %d bytes", n);
	return n;
}

/* ---- reading ------------------------------------------------------------- */

/* A line of the file, without its newline, taken apart from the front. */
struct line {
	const char *file;
	unsigned int nr;
	char *at;
};

#define refuse_line(l, ...)                                                  \
	refused_within(refuse(EINVAL, FKVM_RECORDING, __VA_ARGS__), "%s:%u", \
		       (l)->file, (l)->nr)

/* The next word, ended by a NUL; NULL: there is none. */
static char *line_word(struct line *l)
{
	char *word = l->at, *end;

	if (!*word)
		return NULL;
	end = word + strcspn(word, " ");
	l->at = end + (*end == ' ');
	*end = '\0';
	return *word ? word : NULL;
}

/* A decimal number as the writer has it: no sign, no leading zero. */
static bool number_read(const char *s, uint64_t max, uint64_t *val)
{
	uint64_t v = 0;

	if (!s || !*s || (*s == '0' && s[1]))
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *s - '0', &v))
			return false;
	}
	*val = v;
	return v <= max;
}

static int owner_read(struct line *l, int *owner)
{
	const char *word = line_word(l);
	uint64_t n;

	if (word && !strcmp(word, "-1")) {
		*owner = INPUT_NOBODY;
		return 0;
	}
	if (!number_read(word, OWNER_MAX, &n))
		return refuse_line(l, "'%.20s' is no vCPU", word ? word : "");
	*owner = (int)n;
	return 0;
}

/* A descriptor and a blank: what follows, NULL: it is not that. */
static const char *fd_read(const char *what, int *fd)
{
	char word[16];
	size_t len = strcspn(what, " ");
	uint64_t val;

	if (len >= sizeof(word) || what[len] != ' ')
		return NULL;
	memcpy(word, what, len);
	word[len] = '\0';
	if (!number_read(word, INT_MAX, &val))
		return NULL;
	*fd = (int)val;
	return what + len + 1;
}

bool record_wake_read(const char *what, int *fd, uint64_t *n)
{
	what = fd_read(what, fd);
	return what && number_read(what, UINT32_MAX, n) && *n;
}

#define ERRNO_WORD "errno "

bool record_read_read(const char *what, int *fd, long *n)
{
	const size_t len = strlen(ERRNO_WORD);
	bool is_errno;
	uint64_t val;

	what = fd_read(what, fd);
	if (!what)
		return false;
	is_errno = !strncmp(what, ERRNO_WORD, len);
	if (!number_read(is_errno ? what + len : what,
			 is_errno ? 4095 : INT_MAX, &val))
		return false;
	*n = is_errno ? -(long)val : (long)val;
	return !is_errno || val;
}

void record_read_what(int fd, long n, char *buf, size_t size)
{
	if (n < 0)
		snprintf(buf, size, "%d " ERRNO_WORD "%ld", fd, -n);
	else
		snprintf(buf, size, "%d %ld", fd, n);
}

/* What the rest of a line has to be, by its kind. */
static int what_check(struct line *l, const struct record_entry *e)
{
	bool of_vcpu = e->kind == RECORD_EXIT || e->kind == RECORD_ENTER;
	uint64_t n;
	long got;
	int fd;

	if (of_vcpu && e->at.owner == INPUT_NOBODY)
		return refuse_line(l, "%s of no vCPU", kind_names[e->kind]);
	switch (e->kind) {
	case RECORD_IRQFD:
		if (!number_read(e->what, UINT32_MAX, &n))
			return refuse_line(l, "'%.20s' is no GSI", e->what);
		break;
	case RECORD_AWAY:
	case RECORD_BACK:
		if (!number_read(e->what, OWNER_MAX, &n))
			return refuse_line(l, "'%.20s' is no vCPU", e->what);
		break;
	case RECORD_WAKE:
	case RECORD_BEFORE:
		if (!record_wake_read(e->what, &fd, &n))
			return refuse_line(l,
					   "'%.20s' are no descriptor and "
					   "number",
					   e->what);
		break;
	case RECORD_READ:
		if (!record_read_read(e->what, &fd, &got))
			return refuse_line(l,
					   "'%.20s' are no descriptor and "
					   "bytes or errno",
					   e->what);
		break;
	case RECORD_END:
		if (*e->what)
			return refuse_line(l, "'%.20s' after the end", e->what);
		break;
	case RECORD_ENTER:
		n = strlen(e->what);
		if (!n || n > 16 || n % 2 ||
		    strspn(e->what, "0123456789abcdef") != n)
			return refuse_line(l, "'%.20s' are no bytes", e->what);
		break;
	default:
		if (!*e->what)
			return refuse_line(l, "nothing is said of the %s",
					   kind_names[e->kind]);
	}
	return 0;
}

static int entry_read(struct line *l, struct record_entry *e)
{
	const char *word = line_word(l);
	unsigned int kind = 0;
	int err;

	while (kind < NR_RECORD_KINDS &&
	       (!word || strcmp(word, kind_names[kind])))
		kind++;
	if (kind == NR_RECORD_KINDS)
		return refuse_line(l, "'%.20s' is no kind of entry",
				   word ? word : "");
	e->kind = kind;
	e->line = l->nr;
	word = line_word(l);
	if (!number_read(word, UINT64_MAX, &e->at.cycle))
		return refuse_line(l, "'%.24s' is no cycle", word ? word : "");
	err = owner_read(l, &e->at.owner);
	if (err)
		return err;
	word = line_word(l);
	if (!number_read(word, UINT64_MAX, &e->at.exits))
		return refuse_line(l, "'%.24s' is no number of exits",
				   word ? word : "");
	e->what = l->at;
	return what_check(l, e);
}

/* Cut the next line off @text, which ends at @end: 1, 0: there is none. */
static int line_next(struct line *l, char **text, char *end)
{
	char *newline = memchr(*text, '\n', end - *text);

	if (!newline)
		return 0;
	l->at = *text;
	l->nr++;
	*text = newline + 1;
	*newline = '\0';
	if (newline - l->at >= RECORD_LINE_MAX - 1)
		return refuse_line(l, "the line is too long");
	for (const char *c = l->at; c < newline; c++)
		if (*c < ' ' || *c > '~')
			return refuse_line(l, "byte 0x%02x: this is no text",
					   (unsigned char)*c);
	return 1;
}

static int head_read(struct line *l, char **text, char *end,
		     struct record_head *h)
{
	const struct {
		const char *name;
		char *word;
		uint64_t *number;
	} rows[] = {
		{"arch", h->arch, NULL},        {"host", h->host, NULL},
		{"core", h->core, NULL},        {"irqchip", h->irqchip, NULL},
		{"quantum", NULL, &h->quantum}, {"costs", NULL, &h->costs},
		{"vcpus", NULL, &h->vcpus},
	};
	int ret = line_next(l, text, end);

	if (ret < 0)
		return ret;
	if (!ret || strcmp(l->at, MAGIC)) {
		l->nr = 1;
		return refuse_line(l, "not a recording ('" MAGIC "')");
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *word;

		ret = line_next(l, text, end);
		if (ret < 0)
			return ret;
		word = ret ? line_word(l) : NULL;
		if (!word || strcmp(word, rows[i].name)) {
			l->nr += !ret;
			return refuse_line(l, "the head lacks '%s'",
					   rows[i].name);
		}
		word = l->at;
		if (rows[i].number
			    ? !number_read(word, UINT64_MAX, rows[i].number)
			    : !*word || strlen(word) >= RECORD_NAME_MAX ||
				      strchr(word, ' '))
			return refuse_line(l, "'%.40s' is no value of '%s'",
					   word, rows[i].name);
		if (rows[i].word)
			strcpy(rows[i].word, word);
	}
	return 0;
}

static int entries_read(struct line *l, char *text, char *end,
			struct record_file *f)
{
	size_t room = 0;
	int ret;

	while ((ret = line_next(l, &text, end)) > 0) {
		if (f->nr && f->entries[f->nr - 1].kind == RECORD_END)
			return refuse_line(l, "an entry after the end");
		if (f->nr == room) {
			struct record_entry *more;

			room = room ? 2 * room : 1024;
			more = realloc(f->entries, room * sizeof(*more));
			if (!more)
				return refuse(ENOMEM, FKVM_NO_MEMORY,
					      "%s: no memory", l->file);
			f->entries = more;
		}
		ret = entry_read(l, &f->entries[f->nr]);
		if (ret)
			return ret;
		f->nr++;
	}
	return ret;
}

int record_text_read(const char *name, char *text, size_t len,
		     struct record_file *f)
{
	struct line l = {.file = name};
	char *end = text + len;
	int err;

	*f = (struct record_file){.text = text};
	*end = '\0';
	err = head_read(&l, &text, end, &f->head);
	if (!err)
		err = entries_read(&l, text, end, f);
	if (err)
		record_file_free(f);
	return err;
}

int record_file_read(const char *path, struct record_file *f)
{
	char *text;
	long len = text_file_read(path, FILE_MAX, &text);

	return len < 0 ? (int)len : record_text_read(path, text, len, f);
}

void record_file_free(struct record_file *f)
{
	free(f->entries);
	free(f->text);
	*f = (struct record_file){0};
}
