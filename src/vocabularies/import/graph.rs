//! What is broader than what, of a whole vocabulary at once: whether it goes in a circle, and all that is above each.

use std::collections::{HashMap, HashSet};

use crate::vocabularies::ConceptId;

/// The broader concepts of each concept that has any.
#[derive(Default)]
pub struct Graph(HashMap<ConceptId, Vec<ConceptId>>);

impl Graph {
    /// Puts a concept below others.
    pub fn insert(&mut self, id: ConceptId, broader: Vec<ConceptId>) {
        if !broader.is_empty() {
            self.0.insert(id, broader);
        }
    }

    /// Puts a concept below one more.
    pub fn add(&mut self, id: ConceptId, broader: ConceptId) {
        self.0.entry(id).or_default().push(broader);
    }

    fn above(&self, id: ConceptId) -> &[ConceptId] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Everything above a concept by whichever path, itself included; of more than so many, not all.
    pub fn ancestors(&self, id: ConceptId, most: usize) -> Vec<ConceptId> {
        let mut seen = HashSet::from([id]);
        let mut found = vec![id];
        let mut next = 0;
        while let Some(current) = found.get(next).copied().filter(|_| found.len() <= most) {
            next += 1;
            found.extend(self.above(current).iter().copied().filter(|above| seen.insert(*above)));
        }
        found
    }

    /// Circles, each once and by one path: a walk in depth, on a stack of its own, since a file may be as deep as it
    /// likes.
    pub fn circles(&self, most: usize) -> Vec<Vec<ConceptId>> {
        let mut starts: Vec<ConceptId> = self.0.keys().copied().collect();
        starts.sort_unstable();
        let mut done: HashSet<ConceptId> = HashSet::new();
        let mut circles = Vec::new();
        for start in starts {
            if done.contains(&start) {
                continue;
            }
            let mut path: Vec<(ConceptId, usize)> = vec![(start, 0)];
            let mut on_path = HashSet::from([start]);
            while let Some((current, turn)) = path.last_mut() {
                let next = self.above(*current).get(*turn).copied();
                *turn += 1;
                match next {
                    Some(above) if on_path.contains(&above) => {
                        let from = path.iter().position(|(id, _)| *id == above).unwrap_or_default();
                        circles.push(path.iter().skip(from).map(|(id, _)| *id).collect());
                        if circles.len() == most {
                            return circles;
                        }
                    }
                    Some(above) if !done.contains(&above) => {
                        on_path.insert(above);
                        path.push((above, 0));
                    }
                    Some(_) => {}
                    None => {
                        if let Some((id, _)) = path.pop() {
                            on_path.remove(&id);
                            done.insert(id);
                        }
                    }
                }
            }
        }
        circles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> ConceptId {
        format!("01900000-0000-7005-8000-{number:012}").parse().unwrap()
    }

    fn graph(edges: &[(u32, u32)]) -> Graph {
        let mut graph = Graph::default();
        edges.iter().for_each(|(below, above)| graph.add(id(*below), id(*above)));
        graph
    }

    #[test]
    fn all_paths_lead_up() {
        let graph = graph(&[(4, 2), (4, 3), (2, 1), (3, 1)]);
        assert_eq!(graph.ancestors(id(4), 9), [4, 2, 3, 1].map(id));
        assert_eq!(graph.ancestors(id(1), 9), [id(1)]);
        assert!(graph.circles(20).is_empty());
    }

    #[test]
    fn circles_are_found_once() {
        let graph = graph(&[(1, 2), (2, 3), (3, 1), (4, 1), (5, 5)]);
        assert_eq!(graph.circles(20), [vec![id(1), id(2), id(3)], vec![id(5)]]);
        assert_eq!(graph.circles(1).len(), 1);
        assert_eq!(graph.ancestors(id(4), 9).len(), 4);
    }

    #[test]
    fn depth_is_no_matter() {
        let edges: Vec<(u32, u32)> = (0..100_000).map(|number| (number, number + 1)).collect();
        assert!(graph(&edges).circles(20).is_empty());
    }
}
