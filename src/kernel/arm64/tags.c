/* SPDX-License-Identifier: MIT */
/*
 * Allocation tags by host address, see tags.h: a tree of two levels above leaves
 * that each have the tags of 16 MiB, in memory that the host provides when it is
 * written. A node that is made stays until the VM goes.
 */
#include "kernel/arm64/tags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/host.h"

#define PAGE_SHIFT 12
#define LEAF_PAGES 4096
#define LEAF_SHIFT 24 /* log2 of the bytes that have their tags in one */
#define FANOUT     4096
#define ADDRESSES  BIT(48) /* of a process */

/* Linux's /proc/PID/pagemap: the page is there, or swapped out. */
#define PAGEMAP_THERE GENMASK(63, 62)

struct tag_leaf {
	uint8_t tags[LEAF_PAGES][TAGS_PER_PAGE];
	_Atomic uint64_t written[LEAF_PAGES / 64]; /* a page's may be not 0 */
};

struct tag_table {
	struct tag_leaf *_Atomic leaf[FANOUT];
};

struct tag_store {
	struct tag_table *_Atomic table[FANOUT];
};

static unsigned int table_index(uintptr_t addr)
{
	return addr >> LEAF_SHIFT >> 12;
}

static unsigned int leaf_index(uintptr_t addr)
{
	return addr >> LEAF_SHIFT & (FANOUT - 1);
}

static unsigned int page_index(uintptr_t addr)
{
	return addr >> PAGE_SHIFT & (LEAF_PAGES - 1);
}

/* ---- nodes --------------------------------------------------------------- */

struct tag_store *tag_store_new(void)
{
	return calloc(1, sizeof(struct tag_store));
}

static struct tag_leaf *leaf_new(void)
{
	void *p =
		host_mmap(NULL, sizeof(struct tag_leaf), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void leaf_free(struct tag_leaf *leaf)
{
	if (leaf)
		host_munmap(leaf, sizeof(*leaf));
}

void tag_store_free(struct tag_store *t)
{
	for (unsigned int i = 0; t && i < FANOUT; i++) {
		struct tag_table *table = t->table[i];

		for (unsigned int k = 0; table && k < FANOUT; k++)
			leaf_free(table->leaf[k]);
		free(table);
	}
	free(t);
}

static struct tag_table *table_of(struct tag_store *t, uintptr_t addr)
{
	struct tag_table *_Atomic *at = &t->table[table_index(addr)];
	struct tag_table *table = atomic_load(at), *made;

	if (table)
		return table;
	made = calloc(1, sizeof(*made));
	if (!made || atomic_compare_exchange_strong(at, &table, made))
		return made;
	free(made); /* another thread was first */
	return table;
}

static struct tag_leaf *leaf_of(struct tag_table *table, uintptr_t addr)
{
	struct tag_leaf *_Atomic *at = &table->leaf[leaf_index(addr)];
	struct tag_leaf *leaf = atomic_load(at), *made;

	if (leaf)
		return leaf;
	made = leaf_new();
	if (!made || atomic_compare_exchange_strong(at, &leaf, made))
		return made;
	leaf_free(made);
	return leaf;
}

uint8_t *tag_store_page(struct tag_store *t, const uint8_t *host, bool write)
{
	uintptr_t addr = (uintptr_t)host;
	unsigned int page = page_index(addr);
	struct tag_table *table;
	struct tag_leaf *leaf;

	if (addr >= ADDRESSES)
		return NULL;
	table = table_of(t, addr);
	leaf = table ? leaf_of(table, addr) : NULL;
	if (!leaf)
		return NULL;
	if (write)
		atomic_fetch_or(&leaf->written[page / 64], BIT(page % 64));
	return leaf->tags[page];
}

/* ---- pages that go ------------------------------------------------------- */

/*
 * Has the mapping a page at @addr? By its own entry, or (shared memory) by what
 * the file has in memory. True if the host does not say.
 */
static bool page_is_there(int pagemap, uintptr_t addr)
{
	uint64_t entry;
	unsigned char in_core;
	long ret;

	ret = host_raw(SYS_pread64, pagemap, &entry, sizeof(entry),
		       (addr >> PAGE_SHIFT) * sizeof(entry));
	if (ret != sizeof(entry) || entry & PAGEMAP_THERE)
		return true;
	ret = host_raw(SYS_mincore, addr, 1 << PAGE_SHIFT, &in_core);
	return ret ? ret != -ENOMEM : in_core & 1;
}

static void leaf_recheck(struct tag_leaf *leaf, int pagemap, uintptr_t base,
			 uintptr_t start, uintptr_t end)
{
	for (unsigned int w = 0; w < ARRAY_SIZE(leaf->written); w++) {
		uint64_t bits = atomic_load(&leaf->written[w]);

		for (; bits; bits &= bits - 1) {
			unsigned int page = 64 * w + __builtin_ctzll(bits);
			uintptr_t addr = base + ((uintptr_t)page << PAGE_SHIFT);

			if (addr + (1 << PAGE_SHIFT) <= start || addr >= end ||
			    page_is_there(pagemap, addr))
				continue;
			atomic_fetch_and(&leaf->written[w], ~BIT(page % 64));
			memset(leaf->tags[page], 0, TAGS_PER_PAGE);
		}
	}
}

static void table_recheck(struct tag_table *table, int pagemap, uintptr_t base,
			  uintptr_t start, uintptr_t end)
{
	for (unsigned int k = 0; k < FANOUT; k++) {
		uintptr_t at = base + ((uintptr_t)k << LEAF_SHIFT);
		struct tag_leaf *leaf = atomic_load(&table->leaf[k]);

		if (leaf && at < end && at + BIT(LEAF_SHIFT) > start)
			leaf_recheck(leaf, pagemap, at, start, end);
	}
}

void tag_store_recheck(struct tag_store *t, uintptr_t start, uintptr_t end)
{
	int saved = errno;
	int pagemap = host_open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);

	for (unsigned int i = 0; pagemap >= 0 && i < FANOUT; i++) {
		uintptr_t base = (uintptr_t)i << (LEAF_SHIFT + 12);
		struct tag_table *table = atomic_load(&t->table[i]);

		if (table && base < end && base + BIT(LEAF_SHIFT + 12) > start)
			table_recheck(table, pagemap, base, start, end);
	}
	if (pagemap >= 0)
		host_close(pagemap);
	errno = saved;
}
