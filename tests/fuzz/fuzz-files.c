/* SPDX-License-Identifier: MIT */
/*
 * Profile files and recordings of random text: taken or refused with a reason
 * that begins with the file's name, never worse; and what is taken of a recording
 * is the same when it is written and read again. Inputs begin with a byte that
 * chooses; words of the format make random ones get further.
 */
#include "base/costs-file.h"
#include "base/refuse.h"
#include "fuzz.h"
#include "kernel/record.h"

#define TEXT_MAX 4096

const size_t fuzz_input_max = 512;

static const char *const words[] = {
	"fauxkvm-record 1\n",
	"arch a\n",
	"host h\n",
	"core -\n",
	"irqchip -\n",
	"quantum ",
	"costs ",
	"vcpus ",
	"irqfd ",
	"request ",
	"away ",
	"back ",
	"end 1 -1 0\n",
	"exit ",
	"enter ",
	"end ",
	"-1 ",
	"0 ",
	"17 ",
	"18446744073709551615 ",
	"kvm-vm KVM_X ",
	"00ff",
	"\n",
	" ",
	"[one]",
	"[two]\n",
	"read = 5\n",
	"write=",
	"#",
	";",
	"=",
	"\r\n",
};

/* Bytes below the number of words stand for one, others for themselves. */
static size_t text_make(struct fuzz_input *in, char *text)
{
	size_t len = 0;

	while (!fuzz_empty(in)) {
		uint8_t c = fuzz_u8(in);
		size_t n = c < ARRAY_SIZE(words) ? strlen(words[c]) : 1;

		if (len + n >= TEXT_MAX - 256)
			break;
		memcpy(text + len,
		       c < ARRAY_SIZE(words) ? words[c] : (char *)&c, n);
		len += n;
	}
	return len;
}

static void check(const struct refusal *r, long ret)
{
	if (ret < 0 && strncmp(r->why, "file:", 5))
		fuzz_fail("refused without a place: '%s'", r->why);
}

static void costs_try(char *text, size_t len)
{
	static const struct cost_row rows[] = {{"read", 1, "assumed"},
					       {"write", 2, "assumed"}};
	static const struct cost_model one = {"one", "", rows, 2};
	static const struct cost_model two = {"two", "", rows, 2};
	static const struct cost_model *const models[] = {&one, &two};
	struct cost_profile p = {0};
	struct refusal r;
	int ret;

	refusal_begin(&r);
	ret = costs_text_read("file", text, len, models, 2, &p);
	refusal_end(&r);
	check(&r, ret);
	if (p.nr > 4 || (ret && p.nr))
		fuzz_fail("%u changes of 4 rows, %d", p.nr, ret);
	cost_profile_free(&p);
}

static size_t record_write(const struct record_file *f, char *text, size_t size)
{
	size_t len = record_head_text(&f->head, text, size);

	for (size_t i = 0; i < f->nr; i++)
		len += record_line_text(f->entries[i].kind, &f->entries[i].at,
					f->entries[i].what, text + len,
					size - len);
	return len;
}

static void record_try(const char *text, size_t len)
{
	char *copy = malloc(len + 1);
	struct record_file f;
	struct refusal r;
	int ret;

	memcpy(copy, text, len);
	refusal_begin(&r);
	ret = record_text_read("file", copy, len, &f);
	refusal_end(&r);
	check(&r, ret);
	if (ret)
		return;
	copy = malloc(TEXT_MAX + RECORD_LINE_MAX);
	/* All but a last line without an end. */
	ret = (int)record_write(&f, copy, TEXT_MAX + RECORD_LINE_MAX);
	if ((size_t)ret > len || memcmp(text, copy, ret) ||
	    memchr(text + ret, '\n', len - ret))
		fuzz_fail("written again it differs:\n%s", copy);
	free(copy);
	record_file_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	char text[TEXT_MAX + 1];
	bool costs = fuzz_u8(&in) & 1;
	size_t len = 0;

	/* Most heads would be broken. */
	if (!costs && !fuzz_empty(&in) && fuzz_u8(&in) & 7)
		len = (size_t)sprintf(
			text, "fauxkvm-record 1\narch a\nhost h\ncore c\n"
			      "irqchip -\nquantum 1\ncosts 0\nvcpus 1\n");
	len += text_make(&in, text + len);
	if (costs)
		costs_try(text, len);
	else
		record_try(text, len);
	return 0;
}
