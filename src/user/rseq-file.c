/* SPDX-License-Identifier: MIT */
/*
 * The critical sections that an ELF file describes, in its section __rseq_cs:
 * struct rseq_cs of the kernel, whose addresses are relocated by whoever loads
 * the file, so here, too (R_AARCH64_RELATIVE; or what is there is an address of
 * the file's already).
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/exec-head.h"
#include "base/host.h"
#include "base/types.h"
#include "user/rseq.h"

#define SECTION_NAME "__rseq_cs"
#define PAGE_MASK    (~UINT64_C(4095))
/* Of what a file may claim to have. */
#define MAX_BYTES (UINT64_C(64) << 20)

struct file {
	int fd;
	Elf64_Ehdr ehdr;
	Elf64_Shdr *shdr;
	char *names;
	size_t names_size;
};

/* NULL: it can't be had. */
static void *read_part(int fd, uint64_t offset, uint64_t size)
{
	void *buf = size && size <= MAX_BYTES ? malloc(size) : NULL;

	if (buf && host_raw(SYS_pread64, fd, buf, size, offset) != (long)size) {
		free(buf);
		buf = NULL;
	}
	return buf;
}

static bool open_file(struct file *f)
{
	const Elf64_Ehdr *e = &f->ehdr;
	const Elf64_Shdr *s;

	if (host_raw(SYS_pread64, f->fd, &f->ehdr, sizeof(*e), 0) !=
		    sizeof(*e) ||
	    exec_head_machine(e, sizeof(*e)) != EM_AARCH64 ||
	    e->e_shentsize != sizeof(*s) || e->e_shstrndx >= e->e_shnum)
		return false;
	f->shdr = read_part(f->fd, e->e_shoff, e->e_shnum * sizeof(*s));
	if (!f->shdr)
		return false;
	s = &f->shdr[e->e_shstrndx];
	f->names = read_part(f->fd, s->sh_offset, s->sh_size);
	f->names_size = s->sh_size;
	return f->names && !f->names[f->names_size - 1];
}

static const Elf64_Shdr *find_section(const struct file *f)
{
	for (unsigned int k = 0; k < f->ehdr.e_shnum; k++) {
		const Elf64_Shdr *s = &f->shdr[k];

		if (s->sh_name < f->names_size &&
		    !strcmp(f->names + s->sh_name, SECTION_NAME) &&
		    s->sh_size % sizeof(struct rseq_section) == 0)
			return s;
	}
	return NULL;
}

/* How far from where it says the file is in memory. False: that part of it is
 * none that is loaded. */
static bool find_bias(const struct file *f, uint64_t addr, uint64_t offset,
		      uint64_t *bias)
{
	const Elf64_Ehdr *e = &f->ehdr;
	Elf64_Phdr *phdr;
	bool found = false;

	if (e->e_phentsize != sizeof(*phdr))
		return false;
	phdr = read_part(f->fd, e->e_phoff, e->e_phnum * sizeof(*phdr));
	for (unsigned int k = 0; phdr && !found && k < e->e_phnum; k++) {
		const Elf64_Phdr *p = &phdr[k];

		found = p->p_type == PT_LOAD && (p->p_flags & PF_X) &&
			(p->p_offset & PAGE_MASK) == offset;
		*bias = addr - (p->p_vaddr & PAGE_MASK);
	}
	free(phdr);
	return found;
}

/* Those relocations of one section of them that are about @s. */
static void relocate(const struct file *f, const Elf64_Shdr *rela,
		     const Elf64_Shdr *s, uint8_t *content)
{
	Elf64_Rela *r = read_part(f->fd, rela->sh_offset, rela->sh_size);

	for (uint64_t k = 0; r && k < rela->sh_size / sizeof(*r); k++) {
		uint64_t at = r[k].r_offset - s->sh_addr;

		if (ELF64_R_TYPE(r[k].r_info) == R_AARCH64_RELATIVE &&
		    at <= s->sh_size - 8)
			memcpy(content + at, &r[k].r_addend, 8);
	}
	free(r);
}

static struct rseq_section *load_section(const struct file *f,
					 const Elf64_Shdr *s, uint64_t bias)
{
	struct rseq_section *content =
		read_part(f->fd, s->sh_offset, s->sh_size);

	if (!content)
		return NULL;
	for (unsigned int k = 0; k < f->ehdr.e_shnum; k++)
		if (f->shdr[k].sh_type == SHT_RELA &&
		    (f->shdr[k].sh_flags & SHF_ALLOC))
			relocate(f, &f->shdr[k], s, (uint8_t *)content);
	for (uint64_t k = 0; k < s->sh_size / sizeof(*content); k++) {
		content[k].start += bias;
		content[k].abort += bias;
	}
	return content;
}

struct rseq_section *rseq_file_sections(int fd, uint64_t addr, uint64_t offset,
					unsigned int *n)
{
	struct file f = {.fd = fd};
	struct rseq_section *found = NULL;
	const Elf64_Shdr *s = NULL;
	uint64_t bias = 0;

	if (open_file(&f))
		s = find_section(&f);
	if (s && find_bias(&f, addr, offset, &bias))
		found = load_section(&f, s, bias);
	*n = found ? (unsigned int)(s->sh_size / sizeof(*found)) : 0;
	free(f.shdr);
	free(f.names);
	return found;
}
