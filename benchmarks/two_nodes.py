"""``python two_nodes.py``: a Ray cluster of two nodes, in a process of its own, for tests.

Says its address and where it keeps its logs. A line ``kill`` ends the second
node as a power cut does, and is answered by ``done``. All ends with standard input.
"""

import os
import sys

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}

from ray.cluster_utils import Cluster

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
# A node that can't be reached is given up after 1.5 seconds and not 15.
HEAD = {**NODE, "include_dashboard": False, "_system_config": {"health_check_period_ms": 300}}


def main() -> None:
    cluster = Cluster(initialize_head=True, head_node_args=HEAD)
    try:
        node = cluster.add_node(**NODE)
        print(cluster.address, cluster.head_node.get_session_dir_path(), flush=True)
        for _ in sys.stdin:
            cluster.remove_node(node, allow_graceful=False)
            print("done", flush=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
