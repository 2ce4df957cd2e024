// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest_xml.c - one domain's XML: guests_parse(), and guest_xml.h
 *
 * It need not come from libvirt, so it is taken as hostile: nothing but the text is read, a
 * document type is refused since it can define entities, and what has a wrong number is an error.
 * Numbers are read as libvirt does: 010 is octal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include "guest_arguments.h"
#include "guest_list.h"
#include "guest_xml.h"
#include "guests.h"

/* libvirt's own limit for one message. */
#define XML_MAX (32 << 20)
#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

struct reader {
	struct guest *guest;
	unsigned int where;
	struct problem *problem;
};

/* --- libxml2 --------------------------------------------------------------------------------- */

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && !node->ns && !strcmp((char *)node->name, name);
}

static bool is_qemu_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
	       !strcmp((char *)node->ns->href, QEMU_NAMESPACE) && !strcmp((char *)node->name, name);
}

static xmlNode *find_child(const xmlNode *parent, const char *name)
{
	xmlNode *node;

	for (node = parent ? parent->children : NULL; node; node = node->next)
		if (is_element(node, name))
			return node;
	return NULL;
}

/* The value of an attribute, for free(); NULL: there is none. */
static char *get(const xmlNode *node, const char *name)
{
	return node ? (char *)xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name) : NULL;
}

static bool has_value(const xmlNode *node, const char *name, const char *expected)
{
	char *value = get(node, name);
	bool same = value && !strcmp(value, expected);

	free(value);
	return same;
}

/* --- numbers --------------------------------------------------------------------------------- */

/* An attribute as a number of at most @max. *@found, if it is not NULL: whether it is there.
 * Returns 0, or -1 and the problem. */
static int get_number(struct reader *reader, const xmlNode *device, const xmlNode *node,
		      const char *name, unsigned long long max, uint32_t *number, bool *found)
{
	char *value = get(node, name), *end;
	unsigned long long read;
	int rc = 0;

	*number = 0;
	if (found)
		*found = value;
	if (!value)
		return 0;
	errno = 0;
	read = strtoull(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno || read > max)
		rc = problem_set(reader->problem,
				 "guest %.64s, <%.16s>: %s='%.24s' of <%s> is not a number from 0 "
				 "to 0x%llx",
				 reader->guest->name, (char *)device->name, name, value,
				 (char *)node->name, max);
	else
		*number = (uint32_t)read;
	free(value);
	return rc;
}

static int get_address(struct reader *reader, const xmlNode *device, const xmlNode *node,
		       struct guest_function *function)
{
	uint32_t domain, bus, slot, number;

	if (get_number(reader, device, node, "domain", UINT16_MAX, &domain, NULL) ||
	    get_number(reader, device, node, "bus", UINT8_MAX, &bus, NULL) ||
	    get_number(reader, device, node, "slot", 31, &slot, NULL) ||
	    get_number(reader, device, node, "function", 7, &number, NULL))
		return -1;
	function->has_source = true;
	function->source.domain = domain;
	function->source.bus = (uint8_t)bus;
	function->source.devfn = (uint8_t)(slot << 3 | number);
	pci_address_print(&function->source, function->address);
	return 0;
}

/* A UID of 0 is one that libvirt has not chosen yet. */
static int get_ids(struct reader *reader, const xmlNode *device, struct guest_function *function)
{
	const xmlNode *zpci = find_child(find_child(device, "address"), "zpci");
	uint32_t uid;

	if (!zpci)
		return 0;
	if (get_number(reader, device, zpci, "uid", UINT16_MAX, &uid, &function->has_uid) ||
	    get_number(reader, device, zpci, "fid", UINT32_MAX, &function->fid, &function->has_fid))
		return -1;
	function->uid = (uint16_t)uid;
	function->has_uid = uid;
	return 0;
}

/* --- devices --------------------------------------------------------------------------------- */

/* Of an interface from a network of VFs, libvirt shows the VF while the guest runs. */
static bool is_passed_through(const xmlNode *device)
{
	return (is_element(device, "hostdev") && has_value(device, "type", "pci")) ||
	       (is_element(device, "interface") && has_value(device, "type", "hostdev"));
}

static int take_strings(struct reader *reader, const xmlNode *device,
			struct guest_function *function)
{
	function->element = strdup((char *)device->name);
	function->alias = get(find_child(device, "alias"), "name");
	function->driver = function->has_source ? get(find_child(device, "driver"), "name") : NULL;
	return function->element ? 0 : problem_set(reader->problem, "out of memory");
}

static int take_device(struct reader *reader, const xmlNode *device)
{
	struct guest_function function = { .where = reader->where };
	const xmlNode *source;
	int rc = 0;

	if (is_passed_through(device)) {
		function.managed = has_value(device, "managed", "yes");
		source = find_child(find_child(device, "source"), "address");
		if (!source)
			return problem_set(reader->problem,
					   "guest %.64s: a <%.16s> lacks the host's address, "
					   "<source><address .../></source>",
					   reader->guest->name, (char *)device->name);
		rc = get_address(reader, device, source, &function);
	}
	if (!rc)
		rc = get_ids(reader, device, &function);
	if (rc || (!function.has_source && !function.has_uid && !function.has_fid))
		return rc;
	rc = take_strings(reader, device, &function);
	if (!rc)
		rc = guest_add_function(reader->guest, &function, reader->problem);
	guest_function_clear(&function);
	return rc;
}

static int take_devices(struct reader *reader, const xmlNode *devices)
{
	const xmlNode *node;

	for (node = devices->children; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE && take_device(reader, node))
			return -1;
	return 0;
}

/* --- <qemu:commandline> ---------------------------------------------------------------------- */

static void take_argument(const xmlNode *node, struct tool_list *arguments,
			  struct tool_list *variables)
{
	char *name = get(node, "name"), *value = get(node, "value");

	if (value && is_qemu_element(node, "arg"))
		tool_list_add(arguments, "%s", value);
	else if (name && value && is_qemu_element(node, "env"))
		tool_list_add(variables, "%s=%s", name, value);
	free(name);
	free(value);
}

static int take_arguments(struct reader *reader, const xmlNode *commandline)
{
	struct tool_list arguments = { 0 }, variables = { 0 };
	const xmlNode *node;
	int rc;

	for (node = commandline->children; node; node = node->next)
		take_argument(node, &arguments, &variables);
	if (arguments.failed || variables.failed)
		rc = problem_set(reader->problem, "out of memory");
	else
		rc = guest_add_arguments(reader->guest, reader->where, &arguments, &variables,
					 reader->problem);
	tool_list_free(&arguments);
	tool_list_free(&variables);
	return rc;
}

/* --- the domain ------------------------------------------------------------------------------ */

static int take_parts(struct reader *reader, const xmlNode *domain)
{
	const xmlNode *node;
	int rc = 0;

	for (node = domain->children; node && !rc; node = node->next) {
		if (is_element(node, "devices"))
			rc = take_devices(reader, node);
		else if (is_qemu_element(node, "commandline"))
			rc = take_arguments(reader, node);
	}
	return rc;
}

static void take_uuid(struct guest *guest, const xmlNode *domain)
{
	const xmlNode *node = find_child(domain, "uuid");

	if (node && !guest->uuid)
		guest->uuid = (char *)xmlNodeGetContent(node);
}

/* libvirt writes KiB; its users write other units too. What is none of these stays unknown. */
static void take_memory(struct guest *guest, const xmlNode *domain)
{
	static const struct {
		const char *name;
		unsigned int shift;
	} units[] = { { "KiB", 10 }, { "k", 10 }, { "MiB", 20 }, { "M", 20 },
		      { "GiB", 30 }, { "G", 30 }, { "TiB", 40 }, { "T", 40 } };
	const xmlNode *node = find_child(domain, "memory");
	char *text = node ? (char *)xmlNodeGetContent(node) : NULL, *unit = get(node, "unit"), *end;
	unsigned long long number = 0;

	errno = 0;
	if (text && *text >= '0' && *text <= '9') {
		number = strtoull(text, &end, 10);
		if (errno || *end)
			number = 0;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit ? unit : "KiB", units[i].name) &&
		    number <= (uint64_t)INT64_MAX >> units[i].shift)
			guest->memory = number << units[i].shift;
	free(text);
	free(unit);
}

static int take_domain(struct guests *guests, const xmlNode *domain, unsigned int where,
		       struct problem *problem)
{
	struct reader reader = { .where = where, .problem = problem };
	const xmlNode *node;
	char *name;

	if (!domain || !is_element(domain, "domain"))
		return problem_set(problem, "the XML is not that of a domain: its first element is "
					    "not <domain>");
	node = find_child(domain, "name");
	name = node ? (char *)xmlNodeGetContent(node) : NULL;
	if (!name || !*name) {
		free(name);
		return problem_set(problem, "the domain's XML has no <name>");
	}
	reader.guest = guests_add(guests, name);
	free(name);
	if (!reader.guest)
		return problem_set(problem, "out of memory");
	take_uuid(reader.guest, domain);
	take_memory(reader.guest, domain);
	return take_parts(&reader, domain);
}

/* --- the text -------------------------------------------------------------------------------- */

/* Called when a document type begins. */
static void refuse_type(void *opaque, const xmlChar *name, const xmlChar *external_id,
			const xmlChar *system_id)
{
	xmlParserCtxt *parser = opaque;

	(void)name;
	(void)external_id;
	(void)system_id;
	parser->_private = parser; /* the mark for make_tree() */
	xmlStopParser(parser);
}

static int refuse(xmlParserCtxt *parser, struct problem *problem)
{
	const xmlError *error = xmlCtxtGetLastError(parser);
	const char *message = error && error->message ? error->message : "not well-formed";

	if (parser->_private)
		return problem_set(problem, "the domain's XML has a document type, which libvirt "
					    "does not write; remove it");
	return problem_set(problem, "the domain's XML is wrong at line %d: %.*s",
			   error ? error->line : 0, (int)strcspn(message, "\n"), message);
}

static xmlDoc *make_tree(const char *text, size_t size, struct problem *problem)
{
	xmlParserCtxt *parser;
	xmlDoc *tree;

	if (size > XML_MAX) {
		problem_set(problem, "the domain's XML has more than %d MiB", XML_MAX >> 20);
		return NULL;
	}
	parser = xmlNewParserCtxt();
	if (!parser) {
		problem_set(problem, "out of memory");
		return NULL;
	}
	parser->sax->internalSubset = refuse_type;
	tree = xmlCtxtReadMemory(parser, text, (int)size, NULL, NULL,
				 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
					 XML_PARSE_NOCDATA);
	if (!tree || !parser->wellFormed || parser->_private) {
		refuse(parser, problem);
		xmlFreeDoc(tree);
		tree = NULL;
	}
	xmlFreeParserCtxt(parser);
	return tree;
}

int guests_parse(struct guests *guests, const char *text, size_t size, unsigned int where,
		 struct problem *problem)
{
	xmlDoc *tree = make_tree(text, size, problem);
	int rc = tree ? take_domain(guests, xmlDocGetRootElement(tree), where, problem) : -1;

	xmlFreeDoc(tree);
	return rc;
}

/* --- one element ----------------------------------------------------------------------------- */

static char *print_element(xmlDoc *tree, xmlNode *node)
{
	xmlBuffer *buffer = xmlBufferCreate();
	char *text = NULL;

	if (buffer && xmlNodeDump(buffer, tree, node, 0, 1) >= 0)
		text = strdup((const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return text;
}

static bool has_source(const xmlNode *device, const struct pci_address *source)
{
	struct guest guest = { .name = (char *)"" };
	struct guest_function function = { 0 };
	struct reader reader = { .guest = &guest };
	const xmlNode *address = find_child(find_child(device, "source"), "address");

	return is_passed_through(device) && address &&
	       !get_address(&reader, device, address, &function) &&
	       pci_address_same(&function.source, source);
}

int guest_xml_find_source(const char *text, const struct pci_address *source, char **xml,
			  struct problem *problem)
{
	xmlDoc *tree = make_tree(text, strlen(text), problem);
	const xmlNode *devices;
	xmlNode *node;
	int rc = 0;

	*xml = NULL;
	if (!tree)
		return -1;
	devices = find_child(xmlDocGetRootElement(tree), "devices");
	for (node = devices ? devices->children : NULL; node && !*xml && !rc; node = node->next) {
		if (!has_source(node, source))
			continue;
		*xml = print_element(tree, node);
		if (!*xml)
			rc = problem_set(problem, "out of memory");
	}
	xmlFreeDoc(tree);
	return rc;
}
