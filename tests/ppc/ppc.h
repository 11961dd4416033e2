/* SPDX-License-Identifier: MIT */
/*
 * What the clients of the PowerPC profile share: programs that ask /dev/kvm and
 * print one line an answer. The same source is built for this machine, where
 * `fauxkvm run --arch=ppc` answers, and for 32-bit PowerPC, where Linux does: so
 * structures come from either side's header, numbers are printed as numbers and
 * never as bytes, and errnos by name.
 */
#ifndef FAUXKVM_TESTS_PPC_PPC_H
#define FAUXKVM_TESTS_PPC_PPC_H

#ifdef __powerpc__
#include <linux/kvm.h>
#else
#define FAUXKVM_ABI_PPC
#include <fauxkvm/kvm.h>
#endif

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* A pointer as the ABI has it. */
#define PTR(p) ((uint64_t)(uintptr_t)(p))
/* Nothing is there, on either side. */
#define NOWHERE ((void *)8)

/* The request's value, or minus its errno. */
static inline int ask(int fd, unsigned int cmd, const void *arg)
{
	int ret = ioctl(fd, cmd, arg);

	return ret < 0 ? -errno : ret;
}

static inline int ask_value(int fd, unsigned int cmd, unsigned long arg)
{
	return ask(fd, cmd, (void *)arg);
}

/* "0", "7", "EINVAL": valid until the next but three. */
static inline const char *answer(int ret)
{
	static char buf[4][24];
	static unsigned int n;
	char *s = buf[n++ % 4];
	const char *name = ret < 0 ? strerrorname_np(-ret) : NULL;

	if (name)
		return name;
	snprintf(s, sizeof(buf[0]), "%d", ret);
	return s;
}

#endif
