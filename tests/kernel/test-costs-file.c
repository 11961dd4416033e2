/* SPDX-License-Identifier: MIT */
/*
 * Profile files (base/costs-file.h): what is taken, and that each mistake is
 * refused with its line and the reason.
 */
#include "test-files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/costs-file.h"

static const struct cost_row rows[] = {
	{"read", 10, "assumed"},
	{"write", 20, "assumed"},
};

static const struct cost_model one = {"one", "the first", rows, 2};
static const struct cost_model two = {"two", "the second", rows, 2};
static const struct cost_model *const models[] = {&one, &two};

static int text_read(const char *text, size_t len, struct cost_profile *p)
{
	char *copy = malloc(len + 1);
	int ret;

	memcpy(copy, text, len);
	*p = (struct cost_profile){0};
	ret = costs_text_read("f", copy, len, models, 2, p);
	free(copy);
	return ret;
}

START_TEST(taken)
{
	static const char text[] = "# of one\r\n[one]\n\nread = 5 ; fast\n"
				   "[two]\nwrite=0\nread: 7\n[one]\nwrite=9";
	struct cost_profile p;
	uint32_t cycles[2];

	ck_assert_int_eq(text_read(text, sizeof(text) - 1, &p), 0);
	ck_assert_uint_eq(p.nr, 4);
	costs_fill(cycles, &one, &p);
	ck_assert_uint_eq(cycles[0], 5);
	ck_assert_uint_eq(cycles[1], 9);
	costs_fill(cycles, &two, &p);
	ck_assert_uint_eq(cycles[0], 7);
	ck_assert_uint_eq(cycles[1], 0);
	cost_profile_free(&p);
	ck_assert_int_eq(text_read("", 0, &p), 0);
	ck_assert_uint_eq(p.nr, 0);
}
END_TEST

START_TEST(mistakes)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"read = 1\n", "f:1: [] read = 1: no such model"},
		{"[one]\nreads = 1\n",
		 "f:2: [one] reads = 1: the model has no such row"},
		{"[three]\n", "f:1: no model is called like this section"},
		{"[one]\nread = 1\n\n[ one]\n",
		 "f:4: no model is called like this section"},
		{"[]\n", "f:1: no model is called like this section"},
		{"[one\nread = 1\n", "f:1: neither [model] nor row = cycles"},
		{"[one]\nread\n", "f:2: neither [model] nor row = cycles"},
		/* The first mistake is told, whatever its kind. */
		{"[one]\nread\nreads = 1\n",
		 "f:2: neither [model] nor row = cycles"},
		{"[one]\nreads = 1\nread\n", "f:2: [one] reads = 1: the model"},
		{"[one]\nread = \n", "f:2: [one] read = : not a decimal"},
		{"[one]\nread = -1\n", "f:2: [one] read = -1: not a decimal"},
		{"[one]\nread = 1.5\n", "f:2: [one] read = 1.5: not a decimal"},
		{"[one]\nread = 1000000001\n",
		 "f:2: [one] read = 1000000001: more than"},
		{"[one]\nread = 1\n[one]\nread = 1\n",
		 "f:4: [one] read = 1: set twice"},
		/* What libinih calls a continued value. */
		{"[one]\nread = 1\n  2\n", "f:3: [one] read = 2: set twice"},
	};
	struct cost_profile p;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_refused(text_read(cases[i].text, strlen(cases[i].text), &p),
			   EINVAL, cases[i].why);
		ck_assert_uint_eq(p.nr, 0);
	}
}
END_TEST

START_TEST(not_text)
{
	static const char nul[] = "[one]\nread = 1\n\0read = 2\n";
	char text[400];
	struct cost_profile p;

	ck_refused(text_read(nul, sizeof(nul) - 1, &p), EINVAL,
		   "f:3: a NUL byte");
	/* A buffer of libinih's cuts it into two lines. */
	memset(text, ' ', sizeof(text));
	memcpy(text, "[one]\nread = 1;", 15);
	memcpy(text + 205, "write = 7", 9);
	ck_refused(text_read(text, sizeof(text), &p), EINVAL,
		   "f:2: the line is too long");
}
END_TEST

START_TEST(files)
{
	char name[] = "/tmp/test-costs-XXXXXX";
	int fd = mkstemp(name);
	struct cost_profile p = {0};

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "[one]\nread = 3\n", 15), 15);
	ck_assert_int_eq(costs_file_read(name, models, 2, &p), 0);
	ck_assert_uint_eq(p.nr, 1);
	cost_profile_free(&p);
	ck_assert_int_eq(write(fd, "?", 1), 1);
	ck_refused(costs_file_read(name, models, 2, &p), EINVAL, name);
	ck_assert_int_eq(ftruncate(fd, 2 << 20), 0);
	ck_refused(costs_file_read(name, models, 2, &p), EFBIG, name);
	close(fd);
	unlink(name);
	ck_refused(costs_file_read(name, models, 2, &p), ENOENT, name);
	ck_refused(costs_file_read("/tmp", models, 2, &p), EINVAL,
		   "/tmp: not a regular file");
	/* Nobody writes there: to wait would be for ever. */
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	ck_refused(costs_file_read(name, models, 2, &p), EINVAL, name);
	unlink(name);
}
END_TEST

Suite *costs_file_suite(void)
{
	Suite *s = suite_create("costs-file");
	TCase *t = tcase_create("files");

	tcase_add_test(t, taken);
	tcase_add_test(t, mistakes);
	tcase_add_test(t, not_text);
	tcase_add_test(t, files);
	suite_add_tcase(s, t);
	return s;
}
