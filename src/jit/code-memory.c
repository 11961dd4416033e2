/* SPDX-License-Identifier: MIT */
/*
 * Two views of one memfd, see code-memory.h. The descriptor is closed at once.
 * The pages are shared, so a child of fork() must not have them: it has no vCPU
 * to run either, KVM refuses them in another process.
 */
#include "jit/code-memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"

/* So many at a time: a page that the host gives in a fault of either view costs
 * it nearly twice as much. */
#define GIVEN_STEP ((size_t)64 << 10)
#define GIVEN_LEFT ((size_t)4 << 10)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; EINVAL before */
#endif

static void *map(int fd, size_t size, int prot)
{
	void *p =
		host_mmap(NULL, size, prot, MAP_SHARED | MAP_NORESERVE, fd, 0);

	if (p == MAP_FAILED)
		return NULL;
	host_madvise(p, size, MADV_DONTFORK);
	return p;
}

int code_memory_new(struct code_memory *m, size_t size, size_t second)
{
	long fd = host_raw(SYS_memfd_create, (long)"fauxkvm-code", MFD_CLOEXEC);
	long ret = fd;

	*m = (struct code_memory){
		.size = size,
		.second = second,
		.given = {0, second},
	};
	if (fd < 0)
		return fd;
	ret = host_raw_quiet(SYS_ftruncate, fd, (long)size, 0, 0);
	if (!ret) {
		m->write = map(fd, size, PROT_READ | PROT_WRITE);
		m->run = map(fd, size, PROT_READ | PROT_EXEC);
		ret = m->write && m->run ? 0 : -ENOMEM;
	}
	host_close(fd);
	if (ret)
		code_memory_free(m);
	return ret;
}

static size_t end_of(const struct code_memory *m, unsigned int area)
{
	return area ? m->size : m->second;
}

void code_memory_want(struct code_memory *m, const uint8_t *next)
{
	unsigned int area = next >= m->write + m->second;
	size_t *given = &m->given[area], left = end_of(m, area) - *given;

	if (next + GIVEN_LEFT <= m->write + *given || !left)
		return;
	if (left > GIVEN_STEP)
		left = GIVEN_STEP;
	host_raw(SYS_madvise, m->write + *given, left, MADV_POPULATE_WRITE);
	*given += left;
}

void code_memory_empty(struct code_memory *m, size_t keep)
{
	keep = ALIGN_UP(keep, 4096);
	for (unsigned int area = 0; area < 2; area++) {
		size_t from = (area ? m->second : 0) + keep;

		if (m->given[area] > from)
			m->given[area] = from;
		if (from < end_of(m, area))
			host_madvise(m->write + from, end_of(m, area) - from,
				     MADV_REMOVE);
	}
}

void code_memory_free(struct code_memory *m)
{
	if (m->write)
		host_munmap(m->write, m->size);
	if (m->run)
		host_munmap((void *)m->run, m->size);
	m->write = NULL;
	m->run = NULL;
}
