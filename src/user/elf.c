/* SPDX-License-Identifier: MIT */
/*
 * Loading an arm64 ELF file, see elf.h.
 */
#include "user/elf.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "user/memory.h"

#define PAGE_SIZE UINT64_C(4096)
#define MAX_PHDRS 64

struct elf_file {
	int fd;
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr[MAX_PHDRS];
};

static bool file_read(int fd, void *buf, size_t len, uint64_t offset)
{
	return host_raw(SYS_pread64, fd, buf, len, offset) == (long)len;
}

static int headers_read(struct elf_file *f)
{
	const Elf64_Ehdr *e = &f->ehdr;

	if (!file_read(f->fd, &f->ehdr, sizeof(f->ehdr), 0) ||
	    memcmp(e->e_ident, ELFMAG, SELFMAG) ||
	    e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_ident[EI_DATA] != ELFDATA2LSB || e->e_machine != EM_AARCH64 ||
	    (e->e_type != ET_EXEC && e->e_type != ET_DYN) ||
	    e->e_phentsize != sizeof(Elf64_Phdr) || !e->e_phnum ||
	    e->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	if (!file_read(f->fd, f->phdr, e->e_phnum * sizeof(Elf64_Phdr),
		       e->e_phoff))
		return -ENOEXEC;
	return 0;
}

/* From the first page of what is loaded to behind its last byte, and the
 * greatest alignment. False: nothing is. */
static bool extent(const struct elf_file *f, uint64_t *start, uint64_t *end,
		   uint64_t *align)
{
	*start = UINT64_MAX;
	*end = 0;
	*align = PAGE_SIZE;
	for (unsigned int k = 0; k < f->ehdr.e_phnum; k++) {
		const Elf64_Phdr *p = &f->phdr[k];

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_vaddr < *start)
			*start = p->p_vaddr & ~(PAGE_SIZE - 1);
		if (p->p_vaddr + p->p_memsz > *end)
			*end = p->p_vaddr + p->p_memsz;
		if (p->p_align > *align)
			*align = p->p_align;
	}
	return *start < *end;
}

/* Address space for all of it. */
static long place(const struct elf_file *f, uint64_t *base)
{
	uint64_t start, end, align, len;
	long at;

	if (!extent(f, &start, &end, &align))
		return -ENOEXEC;
	len = ALIGN_UP(end, PAGE_SIZE) - start;
	if (f->ehdr.e_type == ET_EXEC) {
		at = memory_map(start, len, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
					MAP_FIXED_NOREPLACE,
				-1, 0);
		*base = 0;
		return at < 0 && at > -4096 ? -ENOMEM : 0;
	}
	at = memory_map(0, len + align, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at < 0 && at > -4096)
		return at;
	*base = ALIGN_UP((uint64_t)at, align) - start;
	if (*base + start > (uint64_t)at)
		memory_unmap((uint64_t)at, *base + start - (uint64_t)at);
	memory_unmap(*base + start + len,
		     (uint64_t)at + align - (*base + start));
	return 0;
}

static int prot_of(const Elf64_Phdr *p)
{
	return (p->p_flags & PF_R ? PROT_READ : 0) |
	       (p->p_flags & PF_W ? PROT_WRITE : 0) |
	       (p->p_flags & PF_X ? PROT_EXEC : 0);
}

/* What of the last page of the file's part is bss. */
static int clear_tail(uint64_t from, uint64_t to)
{
	static const uint8_t zeros[4096];

	while (from < to) {
		uint64_t n =
			to - from < sizeof(zeros) ? to - from : sizeof(zeros);

		if (copy_to_user((void *)from, zeros, n))
			return -ENOEXEC;
		from += n;
	}
	return 0;
}

static int segment_load(const struct elf_file *f, const Elf64_Phdr *p,
			uint64_t base)
{
	uint64_t at = base + p->p_vaddr, page = at & ~(PAGE_SIZE - 1);
	uint64_t file_end = at + p->p_filesz, end = at + p->p_memsz;
	uint64_t mapped_end = ALIGN_UP(file_end, PAGE_SIZE);
	long ret;

	if (p->p_filesz) {
		ret = memory_map(page, file_end - page, prot_of(p),
				 MAP_PRIVATE | MAP_FIXED, f->fd,
				 p->p_offset - (at - page));
		if (ret < 0 && ret > -4096)
			return (int)ret;
	} else {
		mapped_end = page;
	}
	if (end > mapped_end) {
		ret = memory_map(mapped_end, end - mapped_end, prot_of(p),
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				 0);
		if (ret < 0 && ret > -4096)
			return (int)ret;
	}
	/* As Linux does, to the page's end: the program may count on it. */
	if (p->p_filesz && (p->p_flags & PF_W) && end > file_end)
		return clear_tail(file_end, mapped_end);
	return 0;
}

static int interp_read(const struct elf_file *f, const Elf64_Phdr *p,
		       struct elf_image *image)
{
	if (p->p_filesz < 2 || p->p_filesz > sizeof(image->interp) ||
	    !file_read(f->fd, image->interp, p->p_filesz, p->p_offset) ||
	    image->interp[p->p_filesz - 1])
		return -ENOEXEC;
	return 0;
}

/* Where the program headers are in memory, if they are. */
static uint64_t phdr_address(const struct elf_file *f, uint64_t base)
{
	uint64_t at = f->ehdr.e_phoff;

	for (unsigned int k = 0; k < f->ehdr.e_phnum; k++) {
		const Elf64_Phdr *p = &f->phdr[k];

		if (p->p_type == PT_LOAD && at >= p->p_offset &&
		    at < p->p_offset + p->p_filesz)
			return base + p->p_vaddr + (at - p->p_offset);
	}
	return 0;
}

int elf_load(int fd, struct elf_image *image)
{
	struct elf_file f = {.fd = fd};
	int ret = headers_read(&f);

	*image = (struct elf_image){.phnum = f.ehdr.e_phnum};
	if (!ret)
		ret = (int)place(&f, &image->base);
	for (unsigned int k = 0; !ret && k < f.ehdr.e_phnum; k++) {
		const Elf64_Phdr *p = &f.phdr[k];

		if (p->p_type == PT_INTERP)
			ret = interp_read(&f, p, image);
		if (p->p_type != PT_LOAD)
			continue;
		ret = segment_load(&f, p, image->base);
		if (image->base + p->p_vaddr + p->p_memsz > image->end)
			image->end = image->base + p->p_vaddr + p->p_memsz;
	}
	image->entry = image->base + f.ehdr.e_entry;
	image->phdr = phdr_address(&f, image->base);
	return ret;
}
