/* SPDX-License-Identifier: MIT */
/*
 * The files of data/hosts, see host-shipped.h: each is read when it is first
 * asked for.
 */
#include "kernel/arm64/host-shipped.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kernel/arm64/host-file.h"

#define FILE_TEXT(symbol, file)                         \
	__asm__(".section .rodata\n" #symbol ":\n"      \
		".incbin \"data/hosts/" file ".ini\"\n" \
		".byte 0\n.previous\n");                \
	extern const char symbol[] __attribute__((visibility("hidden")))

FILE_TEXT(host_text_rpi4, "rpi4");
FILE_TEXT(host_text_rpi5, "rpi5");
FILE_TEXT(host_text_graviton2, "graviton2");
FILE_TEXT(host_text_altra, "altra");
FILE_TEXT(host_text_graviton3, "graviton3");
FILE_TEXT(host_text_cobalt100, "cobalt100");
FILE_TEXT(host_text_thunderx2, "thunderx2");
FILE_TEXT(host_text_ampereone, "ampereone");
FILE_TEXT(host_text_apple_m1, "apple-m1");
FILE_TEXT(host_text_kernel_6_1, "kernel-6.1");

static struct shipped {
	const char *name; /* of the host and, with ".ini", of the file */
	const char *text;
	bool read;
	struct host_file file;
} shipped[] = {
	{.name = "rpi4", .text = host_text_rpi4},
	{.name = "rpi5", .text = host_text_rpi5},
	{.name = "graviton2", .text = host_text_graviton2},
	{.name = "altra", .text = host_text_altra},
	{.name = "graviton3", .text = host_text_graviton3},
	{.name = "cobalt100", .text = host_text_cobalt100},
	{.name = "thunderx2", .text = host_text_thunderx2},
	{.name = "ampereone", .text = host_text_ampereone},
	{.name = "apple-m1", .text = host_text_apple_m1},
	{.name = "kernel-6.1", .text = host_text_kernel_6_1},
};

static void shipped_read(struct shipped *s)
{
	char *text = strdup(s->text);

	s->read =
		text && !host_text_read(s->name, text, strlen(text), &s->file);
	bug_on(text && !s->read, "data/hosts/%s.ini is broken", s->name);
	free(text);
}

const struct host_profile *host_shipped(unsigned int n)
{
	if (n >= ARRAY_SIZE(shipped))
		return NULL;
	if (!shipped[n].read)
		shipped_read(&shipped[n]);
	return shipped[n].read ? &shipped[n].file.profile : NULL;
}

char *host_shipped_text(const struct host_profile *host)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(shipped); n++)
		if (host == &shipped[n].file.profile)
			return strdup(shipped[n].text);
	return NULL;
}
