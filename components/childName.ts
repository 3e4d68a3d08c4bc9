/**
 * Logical name of a component's child: the component's name and the child's role in it. The role comes from what the child is (a port,
 * a zone, a key), never from its place in a list: a logical name that moves replaces what it names.
 * @example childName("network", "tasks") === "network-tasks"
 */
export function childName(name: string, role: string): string {
    return `${name}-${role}`;
}
