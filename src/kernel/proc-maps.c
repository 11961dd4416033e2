/* SPDX-License-Identifier: MIT */
/*
 * Reading /proc/self/maps, see proc-maps.h; and what it is needed for by more than
 * one architecture: a file that was truncated, or in which a hole was punched,
 * takes pages from the mappings that have it.
 */
#include "kernel/proc-maps.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/host.h"
#include "kernel/kernel.h"

char *proc_text(const char *path)
{
	size_t len = 0, size = 16384;
	char *text = NULL, *more;
	int fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0) {
		more = realloc(text, size);
		if (!more) {
			n = -1;
			break;
		}
		text = more;
		n = host_read(fd, text + len, size - len - 1);
		len += n > 0 ? n : 0;
		text[len] = 0;
		if (len == size - 1)
			size *= 2;
	}
	if (fd >= 0)
		host_close(fd);
	if (n == 0)
		return text;
	free(text);
	return NULL;
}

const char *proc_next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end && end[1] ? end + 1 : NULL;
}

bool proc_map_read(const char *line, struct proc_map *map)
{
	unsigned long from, to, offset, inode;
	unsigned int major, minor;
	int name = 0;

	if (sscanf(line, "%lx-%lx %*s %lx %x:%x %lu %n", &from, &to, &offset,
		   &major, &minor, &inode, &name) < 6)
		return false;
	*map = (struct proc_map){
		.start = from,
		.end = to,
		.offset = offset,
		.dev = makedev(major, minor),
		.inode = inode,
		.name = line + name,
	};
	return true;
}

/* Memory of a guest is not looked for in others: a VMM punches holes in the images
 * of disks, too, and often. */
static bool is_memory(int fd)
{
	struct statfs fs;

	return !host_raw(SYS_fstatfs, fd, &fs) &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == HUGETLBFS_MAGIC);
}

/* What of @map is [@start, @end) of the file. */
static void part_changed(const struct proc_map *map, uint64_t start,
			 uint64_t end)
{
	uint64_t from = max_u64(start, map->offset);
	uint64_t to = min_u64(end, map->offset + (map->end - map->start));

	if (from < to)
		kernel_host_memory_changed(
			(void *)(map->start + (from - map->offset)), to - from);
}

static void file_part_changed(const char *maps, dev_t dev, ino_t inode,
			      uint64_t start, uint64_t end)
{
	struct proc_map map;

	for (const char *l = maps; l; l = proc_next_line(l))
		if (proc_map_read(l, &map) && map.inode == inode &&
		    map.dev == dev)
			part_changed(&map, start, end);
}

void kernel_host_file_changed(int fd, uint64_t start, uint64_t end)
{
	struct stat st;
	char *maps;

	if (!is_memory(fd) || host_raw(SYS_fstat, fd, &st))
		return;
	maps = proc_text("/proc/self/maps");
	file_part_changed(maps, st.st_dev, st.st_ino, start, end);
	free(maps);
}

void kernel_host_memory_removed(const void *addr, size_t len)
{
	const uintptr_t start = (uintptr_t)addr;
	const uintptr_t end = ALIGN_UP(start + len, 4096);
	char *maps = proc_text("/proc/self/maps");
	struct proc_map map;

	if (!maps)
		kernel_host_memory_changed(addr, len);
	for (const char *l = maps; l; l = proc_next_line(l)) {
		if (!proc_map_read(l, &map) || !map.inode || map.start >= end ||
		    map.end <= start)
			continue;
		file_part_changed(
			maps, map.dev, map.inode,
			map.offset + (max_u64(start, map.start) - map.start),
			map.offset + (min_u64(end, map.end) - map.start));
	}
	free(maps);
}
