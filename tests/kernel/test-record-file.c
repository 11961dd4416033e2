/* SPDX-License-Identifier: MIT */
/*
 * Recordings as text (kernel/record.h): what is written is read back, and each
 * mistake is refused with its line and the reason.
 */
#include "test-files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/record.h"

#define HEAD                                                               \
	"fauxkvm-record 1\narch arm64\nhost neoverse-n1\ncore -\nirqchip " \
	"gic-600\nquantum 100000\ncosts 18446744073709551615\nvcpus 2\n"

static int text_read(const char *text, size_t len, struct record_file *f)
{
	char *copy = malloc(len + 1);

	memcpy(copy, text, len);
	return record_text_read("f", copy, len, f);
}

START_TEST(round_trip)
{
	static const struct {
		enum record_kind kind;
		struct input_point at;
		const char *what;
	} lines[] = {
		{RECORD_IRQFD, {UINT64_MAX, -1, 7}, "4294967295"},
		{RECORD_REQUEST, {0, 511, UINT64_MAX}, "kvm-vm KVM_X 00ff"},
		{RECORD_AWAY, {1, 0, 2}, "1"},
		{RECORD_BACK, {1, 0, 2}, "0"},
		{RECORD_WAKE, {1, 0, 2}, "17 65535"},
		{RECORD_READ, {1, 0, 2}, "17 2147483647"},
		{RECORD_READ, {1, 0, 2}, "17 errno 11"},
		{RECORD_BEFORE, {0, -1, 0}, "0 4294967295"},
		{RECORD_EXIT, {5, 1, 2}, "KVM_EXIT_MMIO read 0 4"},
		{RECORD_ENTER, {5, 1, 2}, "0123456789abcdef"},
		{RECORD_END, {6, -1, 2}, ""},
	};
	struct record_head head = {.arch = "a",
				   .host = "h",
				   .core = "-",
				   .irqchip = "i",
				   .quantum = 1,
				   .costs = UINT64_MAX,
				   .vcpus = 3};
	char text[2 * RECORD_LINE_MAX * ARRAY_SIZE(lines)];
	size_t len = record_head_text(&head, text, sizeof(text));
	struct record_file f;

	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++)
		len += record_line_text(lines[i].kind, &lines[i].at,
					lines[i].what, text + len,
					sizeof(text) - len);
	ck_assert_int_eq(text_read(text, len, &f), 0);
	ck_assert_mem_eq(&f.head, &head, sizeof(head));
	ck_assert_uint_eq(f.nr, ARRAY_SIZE(lines));
	for (unsigned int i = 0; i < f.nr; i++) {
		ck_assert_int_eq(f.entries[i].kind, lines[i].kind);
		ck_assert(input_point_equal(&f.entries[i].at, &lines[i].at));
		ck_assert_str_eq(f.entries[i].what, lines[i].what);
		ck_assert_uint_eq(f.entries[i].line, 9 + i);
	}
	record_file_free(&f);
}
END_TEST

/* What a process leaves that is killed, or finds the disk full. */
START_TEST(cut)
{
	static const char text[] = HEAD "irqfd 1 -1 0 5\nirqfd 2 -1";
	struct record_file f;

	ck_assert_int_eq(text_read(text, sizeof(text) - 1, &f), 0);
	ck_assert_uint_eq(f.nr, 1);
	record_file_free(&f);
	ck_assert_int_eq(text_read(text, sizeof(HEAD) - 1, &f), 0);
	ck_assert_uint_eq(f.nr, 0);
	record_file_free(&f);
	/* In the head it is too early. */
	ck_refused(text_read(text, sizeof(HEAD) - 3, &f), EINVAL,
		   "f:8: the head lacks 'vcpus'");
	ck_refused(text_read(text, 0, &f), EINVAL, "f:1: not a recording");
}
END_TEST

START_TEST(bad_heads)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"\x7f"
		 "ELF\n",
		 "f:1: byte 0x7f: this is no text"},
		{"fauxkvm-record 2\n", "f:1: not a recording"},
		{"hello\n", "f:1: not a recording"},
		{"fauxkvm-record 1\nhost x\n", "f:2: the head lacks 'arch'"},
		{"fauxkvm-record 1\narch\n", "f:2: '' is no value of 'arch'"},
		{"fauxkvm-record 1\narch a b\n",
		 "f:2: 'a b' is no value of 'arch'"},
		{"fauxkvm-record 1\narch aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
		 "f:2: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is no value"},
		{"fauxkvm-record 1\narch a\nhost a\ncore a\nirqchip a\n"
		 "quantum -5\n",
		 "f:6: '-5' is no value of 'quantum'"},
	};
	struct record_file f;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_refused(text_read(cases[i].text, strlen(cases[i].text), &f),
			   EINVAL, cases[i].why);
		ck_assert_ptr_null(f.text);
	}
}
END_TEST

START_TEST(bad_lines)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"\n", "f:9: '' is no kind of entry"},
		{"irqfs 1 -1 0 5\n", "f:9: 'irqfs' is no kind of entry"},
		{" irqfd 1 -1 0 5\n", "f:9: '' is no kind of entry"},
		{"irqfd\n", "f:9: '' is no cycle"},
		{"irqfd 01 -1 0 5\n", "f:9: '01' is no cycle"},
		{"irqfd -1 -1 0 5\n", "f:9: '-1' is no cycle"},
		{"irqfd 18446744073709551616 -1 0 5\n",
		 "f:9: '18446744073709551616' is no cycle"},
		{"irqfd 1 -2 0 5\n", "f:9: '-2' is no vCPU"},
		{"irqfd 1 512 0 5\n", "f:9: '512' is no vCPU"},
		{"irqfd 1 0 x 5\n", "f:9: 'x' is no number of exits"},
		{"irqfd 1 0 0\n", "f:9: '' is no GSI"},
		{"irqfd 1 0 0 4294967296\n", "f:9: '4294967296' is no GSI"},
		{"irqfd 1 0 0 5 6\n", "f:9: '5 6' is no GSI"},
		{"away 1 0 0 512\n", "f:9: '512' is no vCPU"},
		{"wake 1 0 0\n", "f:9: '' are no descriptor and number"},
		{"wake 1 0 0 5\n", "f:9: '5' are no descriptor and number"},
		{"wake 1 0 0 5 0\n", "f:9: '5 0' are no descriptor and"},
		{"wake 1 0 0 -1 1\n", "f:9: '-1 1' are no descriptor and"},
		{"wake 1 0 0 2147483648 1\n", "f:9: '2147483648 1' are no"},
		{"wake 1 0 0 5 1 1\n", "f:9: '5 1 1' are no descriptor and"},
		{"wake 1 0 0 5 4294967296\n", "f:9: '5 4294967296' are no"},
		{"read 1 0 0 5\n", "f:9: '5' are no descriptor and bytes or"},
		{"read 1 0 0 5 -1\n", "f:9: '5 -1' are no descriptor and"},
		{"read 1 0 0 5 errno 0\n", "f:9: '5 errno 0' are no"},
		{"read 1 0 0 5 errno 4096\n", "f:9: '5 errno 4096' are no"},
		{"read 1 0 0 5 errno\n", "f:9: '5 errno' are no descriptor"},
		{"before 0 -1 0 5\n", "f:9: '5' are no descriptor and"},
		{"before 0 -1 0 x 1\n", "f:9: 'x 1' are no descriptor and"},
		{"request 1 0 0 \n", "f:9: nothing is said of the request"},
		{"exit 1 -1 0 KVM_EXIT_INTR\n", "f:9: exit of no vCPU"},
		{"enter 1 0 0 0\n", "f:9: '0' are no bytes"},
		{"enter 1 0 0 0G\n", "f:9: '0G' are no bytes"},
		{"enter 1 0 0 001122334455667788\n",
		 "f:9: '001122334455667788' are no bytes"},
		{"end 1 0 0 x\n", "f:9: 'x' after the end"},
		{"end 1 0 0\nirqfd 1 -1 0 5\n", "f:10: an entry after the end"},
		{"irqfd 1 -1 0 5\r\n", "f:9: byte 0x0d: this is no text"},
		{"irqfd 1 -1 0 5\nrequest 1 0 0 \xff\n", "f:10: byte 0xff"},
	};
	char text[1024];
	struct record_file f;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), HEAD "%s", cases[i].text);
		ck_refused(text_read(text, strlen(text), &f), EINVAL,
			   cases[i].why);
	}
	snprintf(text, sizeof(text), HEAD "request 1 0 0 %0520d\n", 0);
	ck_refused(text_read(text, strlen(text), &f), EINVAL,
		   "f:9: the line is too long");
	ck_refused(text_read(HEAD "irqfd 1\0-1 0 5\n", sizeof(HEAD) + 14, &f),
		   EINVAL, "f:9: byte 0x00");
}
END_TEST

START_TEST(files)
{
	struct record_file f;

	ck_refused(record_file_read("/nonexistent/r", &f), ENOENT,
		   "/nonexistent/r: No such file");
	ck_refused(record_file_read("/", &f), EINVAL, "/: not a regular file");
}
END_TEST

Suite *record_file_suite(void)
{
	Suite *s = suite_create("record-file");
	TCase *t = tcase_create("text");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, cut);
	tcase_add_test(t, bad_heads);
	tcase_add_test(t, bad_lines);
	tcase_add_test(t, files);
	suite_add_tcase(s, t);
	return s;
}
