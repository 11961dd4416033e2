/* SPDX-License-Identifier: MIT */
/*
 * The main program's imports, see got-hook.h. ELF gABI, "Dynamic Linking":
 * a call through the PLT or the GOT ends in one slot that a JUMP_SLOT or
 * GLOB_DAT relocation names. With RELRO the slot is read-only by now.
 */
#include "shim/got-hook.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/host.h"
#include "base/types.h"

struct got_hook {
	const char *symbol;
	void *replacement;
	int done; /* or -errno */
};

struct image {
	ElfW(Addr) base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Phdr) * phdr;
	unsigned int phnum;
};

/* The protection the segments give @addr. */
static int image_protection(const struct image *img, ElfW(Addr) addr)
{
	int prot = PROT_READ | PROT_WRITE;

	for (unsigned int i = 0; i < img->phnum; i++) {
		const ElfW(Phdr) *ph = &img->phdr[i];

		if (ph->p_type == PT_GNU_RELRO &&
		    addr - img->base - ph->p_vaddr < ph->p_memsz)
			prot = PROT_READ;
	}
	return prot;
}

static int slot_write(const struct image *img, ElfW(Addr) addr, void *value)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *page = (void *)(addr & ~(size - 1));

	if (host_mprotect(page, size, PROT_READ | PROT_WRITE) < 0)
		return -errno;
	__atomic_store_n((void **)addr, value, __ATOMIC_RELEASE);
	host_mprotect(page, size, image_protection(img, addr));
	return 0;
}

static void relocations_hook(struct got_hook *hook, const struct image *img,
			     const ElfW(Rela) * rela, size_t size)
{
	for (size_t i = 0; i < size / sizeof(*rela); i++) {
		unsigned int type = ELF64_R_TYPE(rela[i].r_info);
		const ElfW(Sym) *sym =
			&img->symbols[ELF64_R_SYM(rela[i].r_info)];
		int err;

		if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) ||
		    strcmp(img->strings + sym->st_name, hook->symbol))
			continue;
		err = slot_write(img, img->base + rela[i].r_offset,
				 hook->replacement);
		if (err < 0) {
			hook->done = err;
			return;
		}
		hook->done++;
	}
}

static int image_hook(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct image img = {
		.base = info->dlpi_addr,
		.phdr = info->dlpi_phdr,
		.phnum = info->dlpi_phnum,
	};
	const ElfW(Rela) * tables[2] = {0};
	size_t sizes[2] = {0};
	const ElfW(Dyn) *d = NULL;

	for (unsigned int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			d = (const void *)(info->dlpi_addr +
					   info->dlpi_phdr[i].p_vaddr);
	for (; d && d->d_tag != DT_NULL; d++) {
		/* The dynamic linker has made these absolute. */
		const void *ptr = (const void *)d->d_un.d_ptr;

		switch (d->d_tag) {
		case DT_SYMTAB: img.symbols = ptr; break;
		case DT_STRTAB: img.strings = ptr; break;
		case DT_JMPREL: tables[0] = ptr; break;
		case DT_PLTRELSZ: sizes[0] = d->d_un.d_val; break;
		case DT_RELA: tables[1] = ptr; break;
		case DT_RELASZ: sizes[1] = d->d_un.d_val; break;
		}
	}
	for (unsigned int i = 0; i < 2; i++)
		if (tables[i] && img.symbols && img.strings)
			relocations_hook(arg, &img, tables[i], sizes[i]);
	return 1; /* the first image is the main program: no more */
}

int got_hook(const char *symbol, void *replacement)
{
	struct got_hook hook = {.symbol = symbol, .replacement = replacement};

	dl_iterate_phdr(image_hook, &hook);
	return hook.done;
}
