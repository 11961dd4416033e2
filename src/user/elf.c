/* SPDX-License-Identifier: MIT */
/*
 * Loading an ELF file of the program's machine, see elf.h.
 */
#include "user/elf.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include "base/exec-head.h"
#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "user/abi.h"
#include "user/memory.h"
#include "user/rseq.h"

#define PAGE_SIZE UINT64_C(4096)
#define MAX_PHDRS (65536 / sizeof(Elf64_Phdr))
#define PIE_TRIES 8

/* Headers of 32-bit files are widened. */
struct elf_file {
	int fd;
	Elf64_Ehdr ehdr;
	Elf64_Phdr *phdr;
};

static bool file_read(int fd, void *buf, size_t len, uint64_t offset)
{
	return host_raw(SYS_pread64, fd, buf, len, offset) == (long)len;
}

static bool is_elf32(void)
{
	return user_abi->elf_class == ELFCLASS32;
}

static void ehdr_widen(Elf64_Ehdr *e)
{
	Elf32_Ehdr from;

	memcpy(&from, e, sizeof(from));
	*e = (Elf64_Ehdr){
		.e_type = from.e_type,
		.e_entry = from.e_entry,
		.e_phoff = from.e_phoff,
		.e_phentsize = from.e_phentsize,
		.e_phnum = from.e_phnum,
	};
}

/* The narrow ones are in the front half of where they go. */
static void phdrs_widen(Elf64_Phdr *p, unsigned int n)
{
	const char *narrow = (const char *)p;
	Elf32_Phdr from;

	while (n--) {
		memcpy(&from, narrow + n * sizeof(from), sizeof(from));
		p[n] = (Elf64_Phdr){
			.p_type = from.p_type,
			.p_flags = from.p_flags,
			.p_offset = from.p_offset,
			.p_vaddr = from.p_vaddr,
			.p_filesz = from.p_filesz,
			.p_memsz = from.p_memsz,
			.p_align = from.p_align,
		};
	}
}

static int headers_read(struct elf_file *f)
{
	const unsigned int head =
		is_elf32() ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr);
	const unsigned int entry =
		is_elf32() ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	Elf64_Ehdr *e = &f->ehdr;

	if (!file_read(f->fd, e, head, 0) || abi_of(e, head) != user_abi)
		return -ENOEXEC;
	if (is_elf32())
		ehdr_widen(e);
	if ((e->e_type != ET_EXEC && e->e_type != ET_DYN) ||
	    e->e_phentsize != entry || !e->e_phnum || e->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	f->phdr = malloc(e->e_phnum * sizeof(Elf64_Phdr));
	if (!f->phdr)
		return -ENOMEM;
	if (!file_read(f->fd, f->phdr, (size_t)e->e_phnum * entry, e->e_phoff))
		return -ENOEXEC;
	if (is_elf32())
		phdrs_widen(f->phdr, e->e_phnum);
	return 0;
}

/* Sizes and addresses that make sense. */
static int segments_check(const struct elf_file *f)
{
	const uint64_t va_end = user_abi->memory_end;

	for (unsigned int k = 0; k < f->ehdr.e_phnum; k++) {
		const Elf64_Phdr *p = &f->phdr[k];

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_filesz > p->p_memsz || p->p_memsz > va_end ||
		    p->p_vaddr > va_end - p->p_memsz ||
		    ((p->p_vaddr ^ p->p_offset) & (PAGE_SIZE - 1)))
			return -EINVAL;
	}
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

uint64_t elf_random(uint64_t range)
{
	uint64_t v;

	if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
		return 0;
	if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		v = (uint64_t)&v >> 4;
	return v % range & ~(PAGE_SIZE - 1);
}

static long reserve(uint64_t at, uint64_t len, int flags)
{
	return memory_map(at, len, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags,
			  -1, 0);
}

/* @len bytes for one that may be anywhere. */
static long reserve_anywhere(uint64_t len, enum elf_role role)
{
	long at = -ENOMEM;

	for (int k = 0; at < 0 && role == ELF_PROGRAM && k < PIE_TRIES; k++)
		at = reserve(user_abi->pie_base +
				     elf_random(user_abi->pie_random),
			     len, MAP_FIXED_NOREPLACE);
	return at < 0 ? reserve(0, len, 0) : at;
}

/* Address space for all of it. */
static long place(const struct elf_file *f, enum elf_role role, uint64_t *base)
{
	uint64_t start, end, align, len;
	long at;

	if (!extent(f, &start, &end, &align))
		return -ENOEXEC;
	len = ALIGN_UP(end, PAGE_SIZE) - start;
	if (f->ehdr.e_type == ET_EXEC) {
		at = reserve(start, len, MAP_FIXED_NOREPLACE);
		*base = 0;
		return at == -EEXIST ? -ENOMEM : at < 0 ? at : 0;
	}
	at = reserve_anywhere(len + align, role);
	if (at < 0)
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
		if (p->p_flags & PF_X)
			rseq_file_mapped(f->fd, page,
					 p->p_offset - (at - page));
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

static int segments_load(const struct elf_file *f, struct elf_image *image)
{
	int ret = 0;

	for (unsigned int k = 0; !ret && k < f->ehdr.e_phnum; k++) {
		const Elf64_Phdr *p = &f->phdr[k];
		uint64_t end = image->base + p->p_vaddr + p->p_memsz;

		if (p->p_type == PT_INTERP && !image->interp[0])
			ret = interp_read(f, p, image);
		if (p->p_type == PT_GNU_STACK)
			image->stack_exec = p->p_flags & PF_X;
		if (p->p_type != PT_LOAD)
			continue;
		ret = segment_load(f, p, image->base);
		image->end = max_u64(image->end, end);
		if (p->p_flags & PF_X) {
			end = image->base + p->p_vaddr;
			image->code = min_u64(image->code, end);
			image->code_end =
				max_u64(image->code_end, end + p->p_filesz);
		}
	}
	return ret;
}

int elf_load(int fd, enum elf_role role, struct elf_image *image)
{
	struct elf_file f = {.fd = fd};
	int ret = headers_read(&f);

	*image =
		(struct elf_image){.phnum = f.ehdr.e_phnum, .code = UINT64_MAX};
	if (!ret)
		ret = segments_check(&f);
	if (!ret)
		ret = (int)place(&f, role, &image->base);
	if (!ret)
		ret = segments_load(&f, image);
	image->phent = f.ehdr.e_phentsize;
	image->entry = image->base + f.ehdr.e_entry;
	if (!ret)
		image->phdr = phdr_address(&f, image->base);
	if (!ret && image->entry >= user_abi->memory_end)
		ret = -EINVAL;
	free(f.phdr);
	return ret;
}
